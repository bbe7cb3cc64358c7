"""Memory and presence as a trace or a test gives them: last talks, loads, turns, people's states.

The ports ``memory`` and ``presence`` of decisions; by default nobody has talked and everybody is free.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from routing.decide.strategy import whose_turn
from routing.model import dnd
from routing.model.call import Call
from routing.model.memory import Direction, Forgotten, Load, Memory, PeopleFacts, Presence, State, Talk
from routing.model.rating import Ratings

#: A person's state in a trace or a test; ``dnd``: on do-not-disturb, which static steps obey too. The last three are
#: about queues alone.
PersonState = Literal["free", "busy", "absent", "dnd", "signed_in", "signed_out", "paused"]
STATES: tuple[PersonState, ...] = get_args(PersonState)
LONG_TALK_SECONDS = 3600.0
#: The state of a person's phones, where it is not free.
PHONES: Mapping[str, State] = {"busy": "busy", "absent": "absent", "dnd": "absent"}


@dataclass(frozen=True)
class Remembered:
    """``talks``: caller -> (person, direction or "" for both), "*" is any caller; ``states``: person -> state.

    ``history``: further talks, with the caller or with the ``client`` of each; ``clients``: person -> a client with
    whom they have just talked. ``rating_requested_s``: how long ago they were asked for a rating. ``is_down``: Redis
    does not answer. ``chance``: 0 <= x < 1.
    """

    talks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    states: Mapping[str, PersonState] = field(default_factory=dict)
    loads: Mapping[str, Load] = field(default_factory=dict)
    turns: Mapping[str, int] = field(default_factory=dict)
    history: Sequence[Talk] = ()
    clients: Mapping[str, str] = field(default_factory=dict)
    is_down: bool = False
    rating_requested_s: float | None = None
    chance: Callable[[], float] = lambda: 0.5

    def memory(self, call: Call) -> Memory:
        """What production would find in Redis for a call."""
        return _Memory(self, call)

    def ratings(self, call: Call) -> Ratings:
        """Who has been asked for a rating."""
        return OfflineRatings(self, {})

    def presence(self, call: Call) -> Presence:
        """What production would know of people."""
        return self

    def now(self, call: Call) -> float:
        """When the call requests its decision, in seconds since the epoch."""
        return call.started

    def state(self, person: str, accounts: Collection[str], outside: bool) -> State:
        """See `routing.model.memory.Presence`."""
        return PHONES.get(self.states.get(person, "free"), "free")

    def talked(self, call: Call) -> Sequence[Talk]:
        """The history, and a long talk that has just ended; the newest first."""
        person, direction = self.talks.get(call.lookup_number) or self.talks.get("*") or ("", "")
        directions: tuple[Direction, ...] = ("in", "out") if person else ()
        latest = [Talk(person, call.started, LONG_TALK_SECONDS, each) for each in directions if direction in ("", each)]
        with_caller = [talk for talk in self.history if talk.client in ("", call.lookup_number)]
        return sorted([*latest, *with_caller], key=lambda talk: -talk.at)

    def clients_of(self, person: str, now_s: float) -> Sequence[Talk]:
        """The talks of a person with clients, the newest first."""
        past = [talk for talk in self.history if talk.client and talk.person == person]
        if client := self.clients.get(person):
            past.append(Talk(person, now_s, LONG_TALK_SECONDS, "in", client=client))
        return sorted(past, key=lambda talk: -talk.at)


@dataclass(frozen=True)
class OfflineRatings:
    """`routing.model.rating.Ratings`: what is given for the time before, and since: who was asked, and when."""

    before: Remembered
    since: dict[str, float]

    def ask(self, project: str, caller: str, within_s: int, now_s: float) -> float | None:
        """See Ratings."""
        if self.before.is_down:
            raise Forgotten("no answer from Redis")
        ago_s = self.before.rating_requested_s
        last = self.since.get(caller, None if ago_s is None else now_s - ago_s)
        if last is not None and now_s - last < within_s:
            return last
        self.since[caller] = now_s
        return None


@dataclass(frozen=True)
class _Memory:
    """`routing.model.memory.Memory` for one call; what it stores ends with the call."""

    of: Remembered
    call: Call

    def talks(self, project: str, caller: str) -> Sequence[Talk]:
        return self._there().talked(self.call)

    def clients(self, project: str, person: str) -> Sequence[Talk]:
        return self._there().clients_of(person, self.call.started)

    def facts(self, project: str, people: Sequence[str], day: str, place: tuple[str, str]) -> PeopleFacts:
        return PeopleFacts(self._there().loads, self.of.turns)

    def is_away(self, project: str, person: str) -> bool:
        return self._there().states.get(person) == "dnd"

    def disturb(self, project: str, person: str, may_disturb: bool, now_s: float = 0.0) -> None:
        self._there()

    def next_message(self, project: str, person: str, call: str, now_s: float) -> str:
        self._there()
        return ""

    def take_turn(self, project: str, place: tuple[str, str], ranked: Sequence[tuple[str, int]], spread: bool) -> str:
        return whose_turn(ranked, self._there().turns, spread)

    def _there(self) -> Remembered:
        if self.of.is_down:
            raise Forgotten("no answer from Redis")
        return self.of


def dnd_variables(states: Mapping[str, PersonState]) -> dict[str, str]:
    """FreeSWITCH's global variables for these states."""
    return {dnd.variable(person): dnd.BUSY for person, state in states.items() if state == "dnd"}
