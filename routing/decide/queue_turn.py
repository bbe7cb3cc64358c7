"""What a waiting call reports, and what it is told: the two ends of `queueing`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from routing.decide.strategy import Chance
from routing.decide.verdict import Verdict
from routing.model.call import Call
from routing.model.decision import CAUSE, NOTED, PERSON_OR_PHONE, QUESTION, STEP_PATH, WAITS
from routing.model.memory import Memory, State
from routing.model.queue import ARRIVED, ENTERED, HEARD, OFFERS, TRIED, DutyRecord, QueueMember
from routing.model.queue_facts import QueueFacts

_NAMES = rf"{PERSON_OR_PHONE.pattern}(?:,{PERSON_OR_PHONE.pattern})*"
_DECISION = re.compile(rf"(?:{STEP_PATH.pattern}):(?:order|together):(?P<names>{_NAMES})")
_TRIED = re.compile(rf"{_DECISION.pattern}:(?P<cause>{CAUSE.pattern})")
_COUNT = re.compile("x{0,2000}")
_MOMENT = re.compile("[0-9]{1,15}")
_HEARD = re.compile(r"[0-9]{1,15}(?:,[0-9]{1,9}){3}")


@dataclass(frozen=True)
class QueuePorts:
    """``state``: of a member's phones; ``memory`` and ``duties`` (project -> what people set) raise Forgotten; ``day``:
    today in a zone, ``YYYYMMDD``."""

    state: Callable[[QueueMember], State]
    memory: Memory
    duties: Callable[[str], Mapping[str, DutyRecord]]
    chance: Chance
    day: Callable[[str], str]
    #: None: nothing outlives this process.
    facts: QueueFacts | None = None


@dataclass(frozen=True)
class QueueTurn:
    """What a call reports that waits in the queue ``step``, as compiled. ``turn``: its count, one ``x`` each.

    ``has_entered``: it hears the music already. ``offers``: how many it has made; ``tried``: person -> hangup cause of
    the last one. ``arrived_ms``: when it came, 0 in a call of an older release before the engine has set it.
    ``is_noted``: an engine has acknowledged this turn; ``is_served``: this one or another; ``rings``: the names that
    it was told to ring, and rings.
    ``heard``: which announcements it has heard (`routing.decide.announcing`).
    """

    call: Call
    step: Mapping[str, Any]
    turn: str
    has_entered: bool = False
    offers: int = 0
    tried: Mapping[str, str] = field(default_factory=dict)
    arrived_ms: int = 0
    is_noted: bool = False
    is_served: bool = False
    rings: tuple[str, ...] = ()
    heard: str = ""

    @property
    def is_new(self) -> bool:
        """Whether nobody was rung for the call, and it hears no music yet."""
        return not (self.has_entered or self.offers)

    def came_ms(self, now_ms: int) -> int:
        """When a call came: what FreeSWITCH noted; else now, or its beginning, if no engine heard its first turn."""
        if self.arrived_ms:
            return self.arrived_ms
        began_ms = round(self.call.started * 1000)
        return began_ms if len(self.turn) > 1 and 0 < began_ms < now_ms else now_ms


@dataclass(frozen=True)
class QueueOrder:
    """Set these variables of a call; ``wakes``: then wake it."""

    call: Call
    verdict: Verdict
    variables: Mapping[str, str]
    wakes: bool


def turn_of(call: Call, step: Mapping[str, Any], variable: Callable[[str], str | None]) -> QueueTurn | None:
    """The turn that a call's channel variables report; None when it does not wait."""

    def value(name: str, form: re.Pattern[str]) -> str:
        text = variable(name) or ""
        return text if form.fullmatch(text) else ""

    turn = value(WAITS, QUESTION)
    if not turn:
        return None
    tried = _TRIED.fullmatch(variable(TRIED) or "")
    return QueueTurn(
        call,
        step,
        turn,
        has_entered=variable(ENTERED) == call.step,
        offers=len(value(OFFERS, _COUNT)),
        tried=dict.fromkeys(people_of(tried["names"]), tried["cause"]) if tried else {},
        arrived_ms=int(value(ARRIVED, _MOMENT) or 0),
        is_noted=variable(NOTED) == turn,
        is_served=bool(variable(NOTED)),
        rings=names_in(variable("routing_decision") or ""),
        heard=value(HEARD, _HEARD),
    )


def talk_of(call: Call, step: Mapping[str, Any], variable: Callable[[str], str | None]) -> QueueTurn:
    """What is known of a call that has left the wait for a talk."""
    arrived = variable(ARRIVED) or ""
    return QueueTurn(call, step, "", arrived_ms=int(arrived) if _MOMENT.fullmatch(arrived) else 0)


def offered_in(decision: str) -> tuple[str, ...]:
    """The people whom a decision rings; empty for any other."""
    return tuple(name.partition(".")[0] for name in names_in(decision))


def names_in(decision: str) -> tuple[str, ...]:
    """The people and phones that a decision names, ``ivan,olena.mobile``; empty for any other."""
    found = _DECISION.fullmatch(decision)
    return tuple(found["names"].split(",")) if found else ()


def people_of(names: str) -> tuple[str, ...]:
    """The people of a list of names, ``ivan,olena.mobile``."""
    return tuple(name.partition(".")[0] for name in names.split(","))
