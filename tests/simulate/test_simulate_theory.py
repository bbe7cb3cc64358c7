"""Simulated queues against queueing theory: Erlang C where nobody hangs up, Erlang A where patience is exponential."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from routing.simulate.arrivals import draw
from routing.simulate.calls import Ending
from routing.simulate.lengths import Exponential, Same
from routing.simulate.plan import Plan
from routing.simulate.run import Simulation
from routing.simulate.week import HOUR_MS, WEEK_MS
from support.erlang import Theory, erlang_a, erlang_a_chain, erlang_c
from support.first_come import FirstCome
from support.simulated import queue_plan, shared_week

ROWS = [
    tuple(map(float, line.split()))
    for line in (Path(__file__).parent / "erlang_c.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
WITHIN = 0.05


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_formula_is_the_libraries(row):
    people, calls, talk_s, within_s, waits, in_time, occupancy = row
    found = erlang_c(int(people), calls / 3600, talk_s, within_s)
    assert (found.waits, found.in_time, found.occupancy) == pytest.approx((waits, in_time, occupancy), abs=2e-6)


@pytest.mark.parametrize(
    "queue", [(1, 30, 100, 60), (5, 100, 180, 90), (10, 220, 180, 120), (50, 1100, 180, 60)], ids=str
)
def test_two_ways_to_erlang_a_meet(queue):
    people, calls, talk_s, patience_s = queue
    formula, chain = (of(people, calls / 3600, talk_s, patience_s) for of in (erlang_a, erlang_a_chain))
    assert vars(formula) == pytest.approx(vars(chain), rel=1e-9)
    endless = erlang_a_chain(people, 0.6 * people / talk_s, talk_s, 1e9)
    assert vars(endless) == pytest.approx(
        {**vars(erlang_c(people, 0.6 * people / talk_s, talk_s)), "abandoned": 0, "in_time": 0}, abs=1e-3
    )


@dataclass(frozen=True)
class Drawn:
    """What weeks of calls came to, as theory names it; calls a second and the mean talk, as they were drawn."""

    found: dict[str, float]
    calls_s: float
    talk_s: float

    def is_close(self, theory: Theory, names: Sequence[str]) -> bool:
        expected = {name: getattr(theory, name) for name in names}
        return {name: self.found[name] for name in names} == pytest.approx(expected, rel=WITHIN)


def simulated(people, calls_an_hour, talk_s, patience_s=None, weeks=1, within_s=20.0):
    """Weeks of such calls. Theory is asked about what was drawn: a busy queue makes much of half a percent more.

    Long ones are decided by the plain discipline: `test_simulate_week` shows that the engine's gives the same waits.
    """
    is_long = weeks * calls_an_hour > 400
    names = [f"p{number}" for number in range(people)]
    patience = Same(None) if patience_s is None else Exponential(patience_s * 1000)
    hours = ((0, WEEK_MS),)
    facts = {"rates": [(hours[0], calls_an_hour)], "talk": Exponential(talk_s * 1000), "patience": patience}
    queue = queue_plan("q", names, calls=facts)
    plan = Plan({"q": queue}, dict.fromkeys(names, hours))
    outcomes, busy, there = [], 0, 0
    for number in range(weeks):
        chance = random.Random(number).random
        calls = draw(plan, lambda name: chance)  # noqa: B023
        week = Simulation(plan, FirstCome).run(calls) if is_long else shared_week(plan, calls)
        outcomes += week.calls
        busy += sum(person.talk_ms for person in week.people.values())
        there += sum(person.there_ms for person in week.people.values())
    count = len(outcomes)
    talked = [each for each in outcomes if each.ending == Ending.TALKED]
    found = {
        "waits": sum(each.waited_ms > 0 for each in outcomes) / count,
        "mean_wait_s": sum(each.waited_ms for each in outcomes) / count / 1000,
        "occupancy": busy / there,
        "abandoned": (count - len(talked)) / count,
        "in_time": sum(each.waited_ms <= within_s * 1000 for each in talked) / count,
    }
    talks_s = sum(each.call.talk_ms for each in outcomes) / count / 1000
    return Drawn(found, count / (weeks * WEEK_MS / 1000), talks_s)


C = ("waits", "mean_wait_s", "occupancy", "in_time")
A = ("waits", "mean_wait_s", "occupancy", "abandoned")


def as_erlang_c(people, calls, talk_s, within_s, weeks):
    drawn = simulated(people, calls, talk_s, None, weeks, within_s)
    return drawn.is_close(erlang_c(people, drawn.calls_s, drawn.talk_s, within_s), C)


def as_erlang_a(people, calls, talk_s, patience_s, weeks):
    drawn = simulated(people, calls, talk_s, patience_s, weeks)
    return drawn.is_close(erlang_a(people, drawn.calls_s, drawn.talk_s, patience_s), A)


@pytest.mark.thorough
def test_who_has_patience_waits_as_erlang_c_says():
    assert as_erlang_c(8, 110, 180, 20, weeks=1)


@pytest.mark.thorough
def test_who_hangs_up_does_as_erlang_a_says():
    assert as_erlang_a(5, 110, 180, 120, weeks=1)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("people", "calls", "talk_s", "within_s", "weeks"),
    [(1, 6, 300, 20, 150), (3, 30, 240, 20, 40), (5, 60, 240, 30, 40), (14, 200, 210, 20, 8), (25, 390, 190, 10, 8),
     (50, 840, 180, 20, 3)],
)  # fmt: skip
def test_erlang_c_of_many_sizes(people, calls, talk_s, within_s, weeks):
    assert as_erlang_c(people, calls, talk_s, within_s, weeks)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("people", "calls", "talk_s", "patience_s", "weeks"),
    [(1, 30, 100, 60, 20), (5, 100, 180, 90, 5), (10, 220, 180, 120, 4), (14, 330, 180, 60, 2), (50, 1100, 180, 60, 1)],
)
def test_erlang_a_of_many_sizes(people, calls, talk_s, patience_s, weeks):
    """Overloaded ones, too: those who do not hang up are served."""
    assert as_erlang_a(people, calls, talk_s, patience_s, weeks)


def test_calls_come_at_their_rate_and_in_their_hours():
    nine_to_ten = (9 * HOUR_MS, 10 * HOUR_MS)
    plan = Plan({"q": queue_plan("q", ["p"], calls={"rates": [(nine_to_ten, 5000.0)]})}, {"p": (nine_to_ten,)})
    calls = draw(plan, lambda name: random.Random(name).random)
    assert all(nine_to_ten[0] <= call.at_ms < nine_to_ten[1] for call in calls)
    assert len(calls) == pytest.approx(5000, rel=WITHIN)
