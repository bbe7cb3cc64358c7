"""Runs the weeks of a plan: the same chances whatever is changed, so that differences are the change's. Pure."""

from __future__ import annotations

from collections.abc import Callable

from routing.simulate.arrivals import Chance, draw
from routing.simulate.discipline import SharedDiscipline
from routing.simulate.figures import Figures, figures
from routing.simulate.plan import Plan
from routing.simulate.run import Simulation, Week

#: The chance of a text: equal texts begin alike.
Seeded = Callable[[str], Chance]


def simulated(plan: Plan, weeks: int, chance_of: Seeded) -> Figures:
    """The figures of so many weeks."""
    return figures(plan, (_week(plan, number, chance_of) for number in range(weeks)))


def _week(plan: Plan, number: int, chance_of: Seeded) -> Week:
    calls = draw(plan, lambda queue: chance_of(f"{queue} {number}"))
    chance = chance_of(f"{number}")
    return Simulation(plan, lambda phone_of: SharedDiscipline(phone_of, chance)).run(calls)
