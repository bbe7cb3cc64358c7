"""Calls of a simulation: what is known of one before anybody decides, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from routing.simulate.people import PersonTime


class Ending(StrEnum):
    """How a call left its queue."""

    TALKED = "talked"
    ABANDONED = "abandoned"  # the caller hung up while waiting
    TOO_LONG = "too long"  # the queue's longest wait
    FULL = "full"  # as many waited as the queue takes, or it expected too long a wait
    NOBODY = "nobody"  # nobody worked, or nobody any more
    NOT_REACHED = "not reached"  # a callback that its client never answered
    WAITING = "waiting"  # still waiting when the simulation ended


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """One call, drawn before the simulation: whatever is decided, it comes, waits and talks like this.

    ``patience_ms``: how long its caller waits, None for ever; ``callback_ms``: when they ask to be called back, if they
    still wait; ``chances``: one for each further question, in turn: how long a phone rings, who picks up.
    """

    queue: str
    at_ms: int
    talk_ms: int
    patience_ms: int | None = None
    callback_ms: int | None = None
    chances: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What became of a call. ``waited_ms``: from its beginning to the talk or the ending.

    ``person``: who talked.

    ``is_callback``: the caller asked to be called back; they waited at no phone then.
    """

    call: SimulatedCall
    ending: Ending
    waited_ms: int
    person: str = ""
    is_callback: bool = False


@dataclass(frozen=True)
class Week:
    """What came of a week: every call in the order of its ending, and the time of each person."""

    calls: Sequence[CallOutcome]
    people: dict[str, PersonTime]
