"""The status of a call, for reports. The table defines it: the first row that holds is the status. Pure.

``repeat call`` and ``proper`` are kinds of ``answered``: they depend on the caller's other calls, so they are computed
when the journal is read (`routing.journal.query`), and a filter for ``answered`` includes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from routing.journal.record import LegRecord, StepRecord
from routing.journal.result import StepResult
from routing.model.causes import BUSY, UNTAKEN
from routing.model.flood import STEP
from routing.model.folder import CODES

#: An earlier talk with the company within this time makes an answered call a ``repeat call``.
REPEAT_SECONDS = 30 * 86400
#: A first talk of at least this long is ``proper``.
QUALIFIED_SECONDS = 30
#: The status of a call whose CDR never came.
UNFINISHED = "unfinished"
#: The statuses of calls that were refused: with a flood, and otherwise.
FLOOD, REJECTED = "refused as a flood", "rejected"


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """The facts for a status. ``cause`` and ``end`` are the A-leg's; ``digits``: all keys that the caller pressed."""

    direction: str
    talked: bool
    message: bool
    cause: str
    end: str
    digits: str
    schemes: Sequence[str]
    steps: Sequence[StepRecord]
    legs: Sequence[LegRecord]


@dataclass(frozen=True, slots=True)
class Status:
    """A status: whether an incoming call with it counts as missed, when it holds, what it means."""

    name: str
    missed: bool
    holds: Callable[[StatusFacts], bool]
    meaning: str


_BARRED = "OUTGOING_CALL_BARRED"
_REFUSED = frozenset({"CALL_REJECTED", "SWITCH_CONGESTION"})
_BROKEN = frozenset({"EXCHANGE_ROUTING_ERROR", "NO_ROUTE_DESTINATION", "UNALLOCATED_NUMBER"})


#: The decision of a `lookup` whose server knew an answer (`model.decision.encode`).
_FOUND = "found"
#: Steps by which a caller reaches somebody, or tries to.
_REACHING = frozenset(
    {"ring", "queue", "crm", "sticky", "webhook", "conference", "callback", "voicemail", "transferred"}
)


def _refused(facts: StatusFacts) -> bool:
    return not facts.legs and facts.cause in _REFUSED


def _broken(facts: StatusFacts) -> bool:
    return facts.end == "too_many_jumps" or (
        facts.direction == "in" and not facts.legs and (facts.cause in _BROKEN or not facts.schemes)
    )


def _no_choice(facts: StatusFacts) -> bool:
    menus = [step for step in facts.steps if step.kind == "menu"]
    return bool(menus) and not facts.legs and menus[-1].result == StepResult.NO_CHOICE


def _self_service(facts: StatusFacts) -> bool:
    """The last `lookup` that found something is followed by no step that is there to reach somebody."""
    if facts.direction != "in":
        return False
    found = [at for at, step in enumerate(facts.steps) if step.kind == "lookup" and step.decision == _FOUND]
    return bool(found) and not any(step.kind in _REACHING for step in facts.steps[found[-1] :])


def _client_silent(facts: StatusFacts) -> bool:
    if facts.direction != "callback" or facts.cause == _BARRED:
        return False
    return not facts.schemes or any(leg.target.startswith("+") for leg in facts.legs)


def _busy(facts: StatusFacts) -> bool:
    causes = {leg.cause for leg in facts.legs}
    return bool(causes & BUSY and not causes & UNTAKEN) or (not causes and facts.cause in BUSY)


def _failed(facts: StatusFacts) -> bool:
    causes = {leg.cause for leg in facts.legs}
    return bool(causes) and not causes & (UNTAKEN | BUSY)


# fmt: off
STATUSES = (
    Status(UNFINISHED, False, lambda facts: False,
           "FreeSWITCH wrote no CDR of the call: it was killed, or its disk was full; the facts are from its events"),
    Status("answered", False, lambda facts: facts.talked,
           "a person talked with the caller; a mobile that had to press a key pressed it"),
    Status("voicemail", True, lambda facts: facts.message,
           "nobody talked, the caller left a message (a sound file that is not silent)"),
    Status("feature code", False, lambda facts: facts.direction == "internal" and list(facts.schemes) == [CODES],
           "a phone dialled a code, such as `*78` or `*97`: nobody is rung by it"),
    Status("no answer from a customer", False, _client_silent,
           "a callback that the person answered and the customer did not"),
    Status("forbidden destination", False, lambda facts: not facts.legs and facts.cause == _BARRED,
           "the number dialled is not among the project's destinations"),
    Status(FLOOD, False, lambda facts: any(step.kind == STEP for step in facts.steps),
           "refused before it was answered, with a flood of calls to a number that the company pays for (`floods`)"),
    Status(REJECTED, False, _refused,
           "refused before anybody was rung: by the limits of calls, or by `hangup: CALL_REJECTED`"),
    Status("scheme did not work", True, _broken,
           "the number led to no scheme, or schemes led to each other until the bound"),
    Status("self-service", False, _self_service,
           "a web server knew what the caller asked about (`lookup`), they heard it, and nobody was rung after it"),
    Status("wrong extension", True, lambda facts: _no_choice(facts) and facts.digits not in ("", "none"),
           "nobody was rung: the keys for the last menu were not valid"),
    Status("no extension", True, _no_choice,
           "nobody was rung: no key was pressed in the last menu"),
    Status("busy", True, _busy,
           "every phone that could be reached was busy, or the scheme ended the call with USER_BUSY"),
    Status("failed", True, _failed,
           "nobody talked, and no phone could be reached: not registered, gateway down, number unknown; also where the "
           "scheme told the caller something and offered a voicemail that they did not leave"),
    Status("no answer", True, lambda facts: True,
           "phones rang and nobody talked, or the call ended before anybody was rung"),
)
# fmt: on

#: Statuses that are computed when the journal is read, and what they mean.
DERIVED = {
    "repeat call": f"answered, and the client had talked with the company within {REPEAT_SECONDS // 86400} days before",
    "proper": f"a first talk worth counting: answered, not a repeat call, at least {QUALIFIED_SECONDS} s long",
}
MISSED = frozenset(status.name for status in STATUSES if status.missed)
NAMES = (*(status.name for status in STATUSES), *DERIVED)


def status(facts: StatusFacts) -> str:
    """The status of a call."""
    return next(each.name for each in STATUSES if each.holds(facts))
