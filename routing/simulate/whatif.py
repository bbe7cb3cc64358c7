"""Runs the weeks of a plan: the same chances whatever is changed, so that differences are the change's. Pure."""

from __future__ import annotations

from collections.abc import Callable

from routing.simulate.arrivals import Chance, draw
from routing.simulate.calls import SimulatedCall, Week
from routing.simulate.discipline import SharedDiscipline
from routing.simulate.figures import Figures, figures
from routing.simulate.history import History
from routing.simulate.plan import Plan
from routing.simulate.run import Simulation

#: The chance of a text: equal texts begin alike.
Seeded = Callable[[str], Chance]


def simulated(plan: Plan, weeks: int, chance_of: Seeded) -> Figures:
    """The figures of so many weeks."""

    def calls(number: int) -> list[SimulatedCall]:
        return draw(plan, lambda queue: chance_of(f"{queue} {number}"))

    return _runs(plan, weeks, chance_of, calls)


def again(past: History, plan: Plan, runs: int, chance_of: Seeded) -> Figures:
    """The figures of calls that came, carried so many times: what the journal does not know differs from run to run."""
    return _runs(plan, runs, chance_of, lambda number: past.drawn(chance_of(f"history {number}")))


def _runs(plan: Plan, count: int, chance_of: Seeded, calls: Callable[[int], list[SimulatedCall]]) -> Figures:
    return figures(plan, (_run(plan, calls(number), chance_of(str(number))) for number in range(count)))


def _run(plan: Plan, calls: list[SimulatedCall], chance: Chance) -> Week:
    return Simulation(plan, lambda phone_of: SharedDiscipline(phone_of, chance)).run(calls)
