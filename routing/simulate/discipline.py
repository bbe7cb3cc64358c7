"""Who is offered to whom in a simulation: the port that it asks, and the engine's own distribution behind it.

A caller is known by a number, which is the simulation's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from routing.decide.distribution import Distribution
from routing.decide.expected_wait import TalkTimes, expected_wait_ms
from routing.decide.queued import QueuedCaller
from routing.decide.strategy import Candidate, Chance, RequiredSkills, order, whose_turn
from routing.model.memory import Load, PeopleFacts, State
from routing.model.queue import QueueMember, QueueSettings

#: The state of a person's phones.
PhoneOf = Callable[[str], State]
#: Enough digits that callers sort by their numbers.
_DIGITS = 9


class Discipline(Protocol):
    """Decides in virtual time."""

    def refuses(self, queue: QueueSettings, now_ms: int) -> bool:
        """Whether a new caller goes on at once: the queue is full, or the expected wait is longer than it may be."""

    def joins(self, caller: int, queue: QueueSettings, since_ms: int, now_ms: int) -> None:
        """A caller begins to wait; ``since_ms`` is their place."""

    def leaves(self, caller: int, now_ms: int) -> None:
        """A caller hung up, went on, or has talked."""

    def rang_out(self, caller: int, people: Sequence[str], now_ms: int) -> None:
        """None of the people who were offered a caller has answered; the caller waits on."""

    def talks(self, caller: int, person: str, now_ms: int) -> None:
        """A caller and a person talk."""

    def offers(self, now_ms: int) -> Iterator[tuple[int, Sequence[str]]]:
        """Who rings for whom now: each caller with the people who ring."""

    def wakes_ms(self, now_ms: int) -> int | None:
        """When an offer may become possible without anything happening; None for never."""


class SharedDiscipline:
    """`routing.decide.distribution`, which the engine and the offline switch run, too."""

    def __init__(self, phone_of: PhoneOf, chance: Chance) -> None:
        self._ranking = SimulatedRanking(chance)
        self._talks = TalkTimes()
        self._distribution = Distribution(self._ranking, talked=self._talks.add)
        self._phone_of = phone_of

    def _state(self, member: QueueMember) -> State:
        return self._phone_of(member.person)

    def refuses(self, queue: QueueSettings, now_ms: int) -> bool:
        """See Discipline."""
        if queue.size is not None and len(self._distribution.waiting(queue)) >= queue.size:
            return True
        if queue.expect_ms is None:
            return False
        new = QueuedCaller("", queue, now_ms)
        expected_ms = expected_wait_ms(new, self._distribution, self._talks, now_ms, self._state)
        return expected_ms is not None and expected_ms > queue.expect_ms

    def joins(self, caller: int, queue: QueueSettings, since_ms: int, now_ms: int) -> None:
        """See Discipline."""
        self._distribution.joined(QueuedCaller(_uuid(caller), queue, since_ms), now_ms)

    def leaves(self, caller: int, now_ms: int) -> None:
        """See Discipline."""
        left = self._distribution.callers.get(_uuid(caller))
        if left is not None and left.talks_with:
            self._ranking.talked(left.talks_with, now_ms - left.talk_began_ms, now_ms)
        self._distribution.gone(_uuid(caller), now_ms)

    def rang_out(self, caller: int, people: Sequence[str], now_ms: int) -> None:
        """See Discipline."""
        waiting = self._distribution.callers[_uuid(caller)]
        self._distribution.heard(waiting, waiting.made + 1, dict.fromkeys(people, "NO_ANSWER"), now_ms)

    def talks(self, caller: int, person: str, now_ms: int) -> None:
        """See Discipline."""
        self._distribution.talk_began(_uuid(caller), person, now_ms)

    def offers(self, now_ms: int) -> Iterator[tuple[int, Sequence[str]]]:
        """See Discipline."""
        for offer in self._distribution.offers(now_ms, self._state):
            yield int(offer.caller.uuid), [member.person for member in offer.members]

    def wakes_ms(self, now_ms: int) -> int | None:
        """See Discipline."""
        return self._distribution.next_ms(now_ms)


@dataclass
class SimulatedRanking:
    """Which free member rings first (`routing.decide.distribution.Rank`), by the loads and turns of the simulation."""

    chance: Chance
    _loads: dict[str, Load] = field(default_factory=dict)
    _turns: defaultdict[tuple[str, str], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def __call__(self, queue: QueueSettings, members: Sequence[QueueMember], required: RequiredSkills) -> Sequence[str]:
        """See Rank."""
        candidates = [Candidate(each.name, each.person, each.weight, each.skills or {}) for each in members]
        turns = self._turns[queue.key]
        facts = PeopleFacts(self._loads, turns)
        return order(queue.order, candidates, facts, self.chance, required, partial(_take_turn, turns))

    def talked(self, person: str, talk_ms: int, now_ms: int) -> None:
        """A person has talked."""
        load = self._loads.get(person, Load())
        self._loads[person] = Load(load.calls + 1, load.talk_s + talk_ms / 1000, now_ms / 1000)


def _take_turn(turns: dict[str, int], ranked: Sequence[tuple[str, int]], spread: bool) -> str:
    name = whose_turn(ranked, turns, spread)
    turns[name] = max(turns.values(), default=0) + 1
    return name


def _uuid(caller: int) -> str:
    return f"{caller:0{_DIGITS}}"
