"""A caller of a simulation, from the beginning of the call to the talk or another ending."""

from __future__ import annotations

from dataclasses import dataclass

from routing.simulate.calls import SimulatedCall
from routing.simulate.people import SimulatedPerson
from routing.simulate.plan import QueuePlan


@dataclass(slots=True, eq=False)
class SimulatedCaller:
    """A call on its way. ``person``: whose phone rings for it; ``offers``: how many there were."""

    number: int
    call: SimulatedCall
    queue: QueuePlan
    waits: bool = True
    person: SimulatedPerson | None = None
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

    def picks_up_ms(self) -> int | None:
        """How long the next phone rings before its person picks up; None: they do not."""
        unanswered = self.queue.unanswered
        if unanswered and self.chance() < unanswered:
            return None
        return self.queue.picks_up.draw(self.chance())
