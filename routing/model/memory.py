"""What is remembered of talks and of people, between Redis, the journal that writes it and the decisions that read it.

Facts only; times are seconds since the epoch.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

#: ``in``: the caller called; ``out``: a person of the project called the caller's number.
Direction = Literal["in", "out"]
#: ``free``: rings when it is rung; ``busy``: ringing or talking; ``absent``: no phone is registered, or do-not-disturb.
State = Literal["free", "busy", "absent"]


@dataclass(frozen=True)
class Talk:
    """A talk between an outside number and a person: ``at`` is its end, ``talk_s`` its length, ``number`` ours."""

    person: str
    at: float
    talk_s: float
    direction: Direction
    number: str = ""
    call_id: str = ""

    def text(self) -> str:
        """As it is kept: the same talk, the same text."""
        return json.dumps(vars(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def of(cls, text: str | bytes) -> Talk:
        """The talk of a kept text. Raises ValueError, TypeError or KeyError on another one."""
        stored = json.loads(text)
        direction: Direction = "out" if stored["direction"] == "out" else "in"
        return cls(
            person=str(stored["person"]),
            at=float(stored["at"]),
            talk_s=float(stored["talk_s"]),
            direction=direction,
            number=str(stored.get("number") or ""),
            call_id=str(stored.get("call_id") or ""),
        )


@dataclass(frozen=True)
class Load:
    """What a person did today: talks, seconds in them; when the last one ended (0: none is known), on any day."""

    calls: int = 0
    talk_s: float = 0.0
    last_end: float = 0.0


@dataclass(frozen=True)
class PeopleFacts:
    """What a decision knows of people; who is not in ``loads`` did nothing, who is not in ``turns`` had none.

    ``turns``: the number of the last turn in this step, by the name that is rung. ``away``: do not disturb. ``known``:
    talks with the caller are remembered (asked for only where it matters).
    """

    loads: Mapping[str, Load] = field(default_factory=dict)
    turns: Mapping[str, int] = field(default_factory=dict)
    away: frozenset[str] = frozenset()
    known: bool = False


class Presence(Protocol):
    """Who can be rung now, as FreeSWITCH knows it."""

    def state(self, person: str, accounts: Collection[str], outside: bool) -> State:
        """A person's state, ``free`` when it is not known. ``accounts``: SIP accounts of the phones that would ring;
        ``outside``: one of them is an outside number, which is never absent."""


class Memory(Protocol):
    """Remembers for decisions. Every method raises `Forgotten` when it cannot within its budget."""

    def talks(self, project: str, caller: str) -> Iterable[Talk]:
        """The last talks with an outside number, newest first."""

    def facts(self, project: str, people: Sequence[str], day: str, place: tuple[str, str]) -> PeopleFacts:
        """Loads of people on a day (``YYYYMMDD``), who is away, and the turns of a step (scheme, path)."""

    def is_away(self, project: str, person: str) -> bool:
        """Whether somebody is not to be disturbed."""

    def disturb(self, project: str, person: str, may_disturb: bool, now_s: float = 0.0) -> None:
        """Turn do-not-disturb of a person off (``may_disturb``) or on."""

    def next_message(self, project: str, person: str, call: str, now_s: float) -> str:
        """The oldest voicemail that waits for somebody; "" for none.

        What the same call was given before was heard, and waits no more: a call that ends while it plays leaves it.
        """

    def take_turn(self, project: str, place: tuple[str, str], ranked: Sequence[tuple[str, int]], spread: bool) -> str:
        """Take a turn in a step for one of the names, each with its rank, and say whose it is.

        Of the lowest rank whose last turn is longest ago, equals as listed; ``spread``: whoever had the very last turn
        has this one only when they are alone.
        """


class Forgotten(Exception):
    """Nothing could be read in time; the text says why. A normal case: decide as if nothing were remembered."""
