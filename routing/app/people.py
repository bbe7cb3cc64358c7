"""Decides sticky and ring steps and who is known: brings what Redis remembers and who is free to the pure decisions.

Redis away, slow or empty is a normal case: the step goes on, a ring step in the order as written.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from routing.decide import dnd, known, ring, sticky
from routing.decide.directory import Directory
from routing.decide.strategy import BY_LOAD
from routing.decide.verdict import Verdict, failed
from routing.model.decision import Call
from routing.model.memory import Facts, Forgotten, Memory, Presence, State, Talk

KINDS = ("sticky", "ring", "known", "dnd")


class States(Protocol):
    """Who is free, as one call sees it (`routing.app.states`)."""

    def beside(self, call: str) -> Presence:
        """For the call with this uuid."""


@dataclass
class People:
    """``kinds`` is what the engine needs. ``now``: seconds since the epoch; ``chance``: 0 <= x < 1."""

    memory: Memory
    states: States
    directory: Callable[[str], Directory]
    now: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random

    def kinds(self) -> Mapping[str, Callable[[Mapping[str, Any], Call], Verdict]]:
        """Step kind -> its decision."""
        return {"sticky": self.sticky, "ring": self.ring, "known": self.known, "dnd": self.dnd}

    def sticky(self, step: Mapping[str, Any], call: Call) -> Verdict:
        """Ring who talked with this caller last, or go on."""
        project = step["project"]
        directory, presence = self.directory(call.release), self.states.beside(call.uuid)

        def state(person: str) -> State | None:
            if person not in directory.phones:
                return None
            if self.memory.is_away(project, person):
                return "absent"
            return presence.state(person, directory.sip.get(person, ()), directory.has_outside(person))

        try:
            return sticky.decide(step, self._talks(step, call), state, self.now())
        except Forgotten as problem:
            return failed(str(problem))

    def known(self, step: Mapping[str, Any], call: Call) -> Verdict:
        """How long ago somebody has talked with this caller."""
        try:
            return known.decide(self._talks(step, call), self.now())
        except Forgotten as problem:
            return failed(str(problem))

    def dnd(self, step: Mapping[str, Any], call: Call) -> Verdict:
        """Remember whether the person whose phone calls may be disturbed."""
        verdict = dnd.decide(step, self.directory(call.release).phones, call)
        try:
            if verdict.outcome == "decided":
                self.memory.disturb(step["project"], call.person, wanted=step["state"] == "off", now_s=self.now())
        except Forgotten as problem:
            return failed(str(problem))
        return verdict

    def _talks(self, step: Mapping[str, Any], call: Call) -> Iterable[Talk]:
        """The last talks with a caller who shows his number."""
        return self.memory.talks(step["project"], call.caller) if call.caller.startswith("+") else ()

    def ring(self, step: Mapping[str, Any], call: Call) -> Verdict:
        """Whom to ring first and who after; the turn is taken in the same moment, all engines counted."""
        project, place = step["project"], (call.scheme, call.step)

        def take(ranked: Sequence[tuple[str, int]], spread: bool) -> str:
            return self.memory.take_turn(project, place, ranked, spread)

        try:
            facts = self._facts(step, call, place)
            return ring.decide(step, call, facts, self.states.beside(call.uuid), self.chance, take)
        except Forgotten as problem:
            return failed(str(problem))

    def _facts(self, step: Mapping[str, Any], call: Call, place: tuple[str, str]) -> Facts:
        """What the order of a ring step goes by."""
        people, day = (), ""
        if step["order"] in BY_LOAD:
            people = tuple(dict.fromkeys(person["person"] for person in step["people"]))
            day = datetime.fromtimestamp(self.now(), _zone(step["timezone"])).strftime("%Y%m%d")
        facts = self.memory.facts(step["project"], people, day, place)
        if "known" in (step.get("skills") or {}).values():
            facts = replace(facts, known=any(True for _ in self._talks(step, call)))
        return facts


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
