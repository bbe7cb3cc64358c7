"""The calls of a week: a Poisson process whose rate changes through the week, everything of a call drawn at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from routing.simulate.calls import SimulatedCall
from routing.simulate.plan import Plan, QueuePlan
from routing.simulate.week import HOUR_MS, common

#: A number within 0 <= x < 1.
Chance = Callable[[], float]
#: Each call has this many chances for what is asked later; a call that needs more begins with the first again.
MOST_CHANCES = 12


def draw(plan: Plan, chance_of: Callable[[str], Chance]) -> list[SimulatedCall]:
    """The calls of all queues in the order of their arrival. ``chance_of``: the chance of a queue, by its name."""
    found = [call for queue in plan.queues.values() for call in _calls(queue, plan, chance_of(queue.name))]
    return sorted(found, key=lambda call: call.at_ms)


def _calls(queue: QueuePlan, plan: Plan, chance: Chance) -> Iterator[SimulatedCall]:
    spans = [(common(span, day), rate) for span, rate in queue.rates for day in plan.spans]
    for (start, end), rate in spans:
        for at_ms in _moments(start, end, rate, chance):
            yield drawn(queue, at_ms, chance)


def _moments(start_ms: int, end_ms: int, rate: float, chance: Chance) -> Iterator[int]:
    """Moments of a Poisson process; ``rate``: calls an hour."""
    at_ms = float(start_ms)
    while rate > 0:
        at_ms += -math.log(1.0 - chance()) * HOUR_MS / rate
        if at_ms >= end_ms:
            return
        yield int(at_ms)


def drawn(queue: QueuePlan, at_ms: int, chance: Chance, talk_ms: int | None = None) -> SimulatedCall:
    """A call with everything of it. ``talk_ms`` where it is known.

    Every call uses the same number of chances, so that a change of one setting leaves the other draws as they are.
    """
    talk, leaves, asks = chance(), chance(), chance()
    chances = tuple(chance() for _ in range(MOST_CHANCES))
    callback = queue.callback
    drawn_ms = queue.talk.draw(talk) or 0
    return SimulatedCall(
        queue.name,
        at_ms,
        drawn_ms if talk_ms is None else talk_ms,
        queue.patience.draw(leaves),
        callback.after_ms if callback and asks < callback.share else None,
        chances,
    )
