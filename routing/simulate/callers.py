"""A caller of a simulation, from the beginning of the call to the talk or another ending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.simulate.calls import SimulatedCall
from routing.simulate.people import SimulatedPerson
from routing.simulate.plan import QueuePlan

#: Longer than any simulation.
NEVER_MS = 10**15


@dataclass(slots=True, eq=False)
class SimulatedCaller:
    """A call on its way. ``rung``: whose phones ring for it; ``offers``: how many there were."""

    number: int
    call: SimulatedCall
    queue: QueuePlan
    waits: bool = True
    rung: Sequence[SimulatedPerson] = ()
    is_callback: bool = False
    is_late: bool = False
    offers: int = 0
    tries: int = 0
    chances_used: int = 0

    def chance(self) -> float:
        """The next of its chances; the first again after the last."""
        chances = self.call.chances
        self.chances_used += 1
        return chances[(self.chances_used - 1) % len(chances)] if chances else 0.5

    def picks_up_ms(self) -> int:
        """How long the next phone rings before its person picks up; `NEVER_MS` when they do not."""
        unanswered = self.queue.unanswered
        if unanswered and self.chance() < unanswered:
            return NEVER_MS
        picks_up_ms = self.queue.picks_up.draw(self.chance())
        return NEVER_MS if picks_up_ms is None else picks_up_ms
