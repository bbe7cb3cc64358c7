"""Stored facts of talks and people, between Redis, the journal that writes them and the decisions that read them.

Facts only; times are seconds since the epoch.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

#: How long a person's talks with clients are kept by person.
LONGEST_CLIENT_SECONDS = 30 * 86_400
#: ``in``: the caller called; ``out``: a person of the project called the caller's number.
Direction = Literal["in", "out"]
#: ``free``: can ring; ``busy``: ringing or talking; ``absent``: no phone is registered, or on do-not-disturb.
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
    #: The outside number, in a person's list of talks; "" in the number's own list.
    client: str = ""

    def text(self) -> str:
        """The stored text; equal talks give equal texts."""
        stored = {name: value for name, value in vars(self).items() if value or name != "client"}
        return json.dumps(stored, sort_keys=True, separators=(",", ":"))

    @classmethod
    def of(cls, text: str | bytes) -> Talk:
        """The talk of a stored text. Raises ValueError, TypeError or KeyError for an invalid one."""
        stored = json.loads(text)
        direction: Direction = "out" if stored["direction"] == "out" else "in"
        return cls(
            person=str(stored["person"]),
            at=float(stored["at"]),
            talk_s=float(stored["talk_s"]),
            direction=direction,
            number=str(stored.get("number") or ""),
            call_id=str(stored.get("call_id") or ""),
            client=str(stored.get("client") or ""),
        )


@dataclass(frozen=True)
class Load:
    """A person's talks today and the seconds in them; the end of their last talk on any day (0: unknown)."""

    calls: int = 0
    talk_s: float = 0.0
    last_end: float = 0.0


@dataclass(frozen=True)
class PeopleFacts:
    """Facts of people for a decision; people without an entry in ``loads`` or ``turns`` had no talk or turn.

    ``turns``: the number of the last turn in this step, by name. ``away``: on do-not-disturb. ``known``: talks with the
    caller are stored (looked up only where it matters).
    """

    loads: Mapping[str, Load] = field(default_factory=dict)
    turns: Mapping[str, int] = field(default_factory=dict)
    away: frozenset[str] = frozenset()
    known: bool = False


class Presence(Protocol):
    """The presence of people, from FreeSWITCH."""

    def state(self, person: str, accounts: Collection[str], outside: bool) -> State:
        """A person's state, ``free`` if unknown. ``accounts``: SIP accounts of the phones that would ring; ``outside``:
        one of the phones is an outside number, which is never absent."""


class Memory(Protocol):
    """Stored facts for decisions. Every method raises `Forgotten` when it has no answer within its timeout."""

    def talks(self, project: str, caller: str) -> Iterable[Talk]:
        """The last talks with an outside number, newest first."""

    def clients(self, project: str, person: str) -> Iterable[Talk]:
        """The last talks of a person with outside numbers (``client``), newest first."""

    def facts(self, project: str, people: Sequence[str], day: str, place: tuple[str, str]) -> PeopleFacts:
        """Loads of people on a day (``YYYYMMDD``), people on do-not-disturb, and the turns of a step (scheme, path)."""

    def is_away(self, project: str, person: str) -> bool:
        """Whether a person is on do-not-disturb."""

    def disturb(self, project: str, person: str, may_disturb: bool, now_s: float = 0.0) -> None:
        """Turn do-not-disturb of a person off (``may_disturb``) or on."""

    def next_message(self, project: str, person: str, call: str, now_s: float) -> str:
        """A person's oldest new voicemail; "" for none.

        The message that the same call got before counts as heard; one during which the call ends stays new.
        """

    def take_turn(self, project: str, place: tuple[str, str], ranked: Sequence[tuple[str, int]], spread: bool) -> str:
        """Take a turn in a step for one of the names, each with its rank, and return the name.

        Among the lowest rank it is the name whose last turn is longest ago, equals as listed; ``spread``: the name of
        the very last turn only gets this one if it is the only name.
        """


class Forgotten(Exception):
    """Nothing could be read in time; the text says why. A normal case: decide as if nothing were stored."""
