"""What a simulated call costs: CPU of drawing it, and of the engine's distribution deciding about it.

    python tools/bench_simulate.py [--people 50] [--calls-an-hour 10000] [--waiting 200] [--hours 24]

Everybody talks all the time and callers wait until their patience ends; how long they have it is chosen so that the
given number waits. CPU is that of this process, per call.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence

from routing.model.queue import QueueMember, QueueSettings
from routing.simulate.arrivals import draw
from routing.simulate.discipline import SharedDiscipline
from routing.simulate.figures import figures
from routing.simulate.lengths import Exponential
from routing.simulate.plan import Plan, QueuePlan
from routing.simulate.run import Simulation
from routing.simulate.week import HOUR_MS

TARGET_US = 200.0
#: One call in ten loses patience: the others are served.
LOST = 0.1


def plan_of(people: int, calls_an_hour: int, waiting: int, hours: int) -> Plan:
    """A queue in which so many wait on average: as many leave as come in the time of a patience."""
    names = [f"p{number}" for number in range(people)]
    talk_ms = people * HOUR_MS / calls_an_hour / (1 - LOST)
    lost_ms = HOUR_MS / calls_an_hour / LOST
    span = (0, hours * HOUR_MS)
    settings = QueueSettings("q", "bench", tuple(QueueMember(name, name) for name in names))
    patience = Exponential(waiting * lost_ms)
    queue = QueuePlan(settings, rates=[(span, calls_an_hour)], talk=Exponential(talk_ms), patience=patience)
    return Plan({"q": queue}, dict.fromkeys(names, (span,)))


def mean_waiting(waits_ms: Sequence[int], hours: int) -> float:
    """How many waited at once, on average."""
    return sum(waits_ms) / (hours * HOUR_MS)


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU per simulated call.")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--calls-an-hour", type=int, default=10_000)
    parser.add_argument("--waiting", type=int, default=200)
    parser.add_argument("--hours", type=int, default=24)
    options = parser.parse_args()
    plan = plan_of(options.people, options.calls_an_hour, options.waiting, options.hours)
    chance = random.Random(1).random
    began = time.process_time()
    calls = draw(plan, lambda name: chance)
    drawn = time.process_time()
    week = Simulation(plan, lambda phone_of: SharedDiscipline(phone_of, chance)).run(calls)
    carried = time.process_time()
    figures(plan, [week])
    counted = time.process_time()
    waiting = mean_waiting([each.waited_ms for each in week.calls], options.hours)
    steps = {"drawing": drawn - began, "carrying": carried - drawn, "counting": counted - carried}
    per_call = {name: seconds * 1e6 / len(calls) for name, seconds in steps.items()}
    print(f"{len(calls)} calls, {options.people} people, {waiting:.0f} waiting on average")
    print(", ".join(f"{name} {us:.1f} us" for name, us in per_call.items()), "of CPU per call")
    print(f"in all {sum(per_call.values()):.1f} us of CPU per call; target: <= {TARGET_US:.0f} us")


if __name__ == "__main__":
    main()
