"""What the engine would remember and see, as a trace or a test says it: last talks, loads, turns, people's states.

The decisions are production's own; where nothing is said nobody has talked, everybody is free and chance is even.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from routing.decide import dnd, known, ring, sticky
from routing.decide.directory import Directory
from routing.decide.verdict import Verdict, failed
from routing.model import dnd as told
from routing.model.decision import Call
from routing.model.memory import Direction, Facts, Load, State, Talk

KINDS = ("sticky", "ring", "known", "dnd")
#: A person's state as a trace or a test says it; ``dnd``: he must not be disturbed, which static steps obey too.
Said = Literal["free", "busy", "absent", "dnd"]
STATES: tuple[Said, ...] = get_args(Said)
LONG_TALK_SECONDS = 3600.0


@dataclass(frozen=True)
class Remembered:
    """``talks``: caller -> (person, direction or "" for both), "*" is any caller; ``states``: person -> state.

    ``history``: talks with the caller that are remembered besides, as they were. ``is_down``: Redis does not answer.
    ``chance``: 0 <= x < 1.
    """

    talks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    states: Mapping[str, Said] = field(default_factory=dict)
    loads: Mapping[str, Load] = field(default_factory=dict)
    turns: Mapping[str, int] = field(default_factory=dict)
    history: Sequence[Talk] = ()
    is_down: bool = False
    chance: Callable[[], float] = lambda: 0.5

    def decide(self, step: Mapping[str, Any], directory: Directory, call: Call) -> Verdict:
        """The verdict of a sticky or ring step, or whether the caller is known."""
        if self.is_down:
            return failed("no answer from Redis")
        if step["kind"] == "sticky":
            return sticky.decide(step, self._talks(call), lambda person: self._known(person, directory), call.started)
        if step["kind"] == "dnd":
            return dnd.decide(step, directory.phones, call)
        if step["kind"] == "known":
            return known.decide(self._talks(call), call.started)
        facts = Facts(self.loads, self.turns, known=bool(self._talks(call)))
        return ring.decide(step, call, facts, self, self.chance)

    def state(self, person: str, accounts: Collection[str], outside: bool) -> State:
        """See `routing.model.memory.Presence`."""
        said = self.states.get(person, "free")
        return "absent" if said == "dnd" else said

    def _known(self, person: str, directory: Directory) -> State | None:
        return self.state(person, (), False) if person in directory.phones else None

    def _talks(self, call: Call) -> Sequence[Talk]:
        """What is in the history, and a long talk that has just ended; the newest first."""
        if not call.caller.startswith("+"):
            return ()
        person, direction = self.talks.get(call.caller) or self.talks.get("*") or ("", "")
        directions: tuple[Direction, ...] = ("in", "out") if person else ()
        said = [Talk(person, call.started, LONG_TALK_SECONDS, each) for each in directions if direction in ("", each)]
        return sorted([*said, *self.history], key=lambda talk: -talk.at)


def undisturbed(states: Mapping[str, Said]) -> dict[str, str]:
    """FreeSWITCH's global variables for these states."""
    return {told.variable(person): told.BUSY for person, state in states.items() if state == "dnd"}
