"""Which free member of a queue rings first: the orders of `ring`. Without the memory turns are kept here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from routing.decide.strategy import BY_LOAD, Candidate, Chance, RequiredSkills, order, whose_turn
from routing.model.memory import Forgotten, Memory, PeopleFacts
from routing.model.queue import QueueMember, QueueSettings


@dataclass
class QueueRanking:
    """`routing.decide.distribution.Rank`. ``day``: today, ``YYYYMMDD``, in a zone."""

    memory: Memory
    chance: Chance
    day: Callable[[str], str]
    #: Queue -> name -> its last turn, while the memory does not answer.
    _turns: defaultdict[tuple[str, str], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def __call__(self, queue: QueueSettings, members: Sequence[QueueMember], required: RequiredSkills) -> Sequence[str]:
        """See Rank."""
        candidates = [Candidate(each.name, each.person, each.weight, each.skills or {}) for each in members]
        facts = self._facts(queue, members)
        return order(queue.order, candidates, facts, self.chance, required, partial(self._take_turn, queue))

    def _facts(self, queue: QueueSettings, members: Sequence[QueueMember]) -> PeopleFacts:
        people = tuple(dict.fromkeys(each.person for each in members)) if queue.order in BY_LOAD else ()
        try:
            return self.memory.facts(queue.project, people, self.day(queue.timezone), queue.place)
        except Forgotten:
            return PeopleFacts(turns=self._turns[queue.key])

    def _take_turn(self, queue: QueueSettings, ranked: Sequence[tuple[str, int]], spread: bool) -> str:
        try:
            return self.memory.take_turn(queue.project, queue.place, ranked, spread)
        except Forgotten:
            turns = self._turns[queue.key]
            name = whose_turn(ranked, turns, spread)
            turns[name] = max(turns.values(), default=0) + 1
            return name
