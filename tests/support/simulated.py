"""Plans of simulations, and weeks of them, for tests and benchmarks' comparisons."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

from routing.model.queue import QueueMember, QueueSettings
from routing.simulate.arrivals import Chance
from routing.simulate.calls import SimulatedCall, Week
from routing.simulate.discipline import SharedDiscipline
from routing.simulate.plan import Plan, QueuePlan
from routing.simulate.run import Simulation


def queue_plan(name: str, people: Sequence[str], ring_s: int = 20, calls: Any = None, **settings: Any) -> QueuePlan:
    """A queue; ``calls``: what a `QueuePlan` knows besides its settings."""
    members = tuple(QueueMember(person, person, seconds=ring_s) for person in people)
    return QueuePlan(QueueSettings(name, "project", members, **settings), **(calls or {}))


def shared_week(plan: Plan, calls: Iterable[SimulatedCall], chance: Chance | None = None) -> Week:
    """A week with the discipline of the engine."""
    return Simulation(plan, lambda phone_of: SharedDiscipline(phone_of, chance or random.Random(0).random)).run(calls)
