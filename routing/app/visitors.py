"""Decides visitor steps: asks the store to whom a number is lent. A store that is down is a normal case."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from routing.decide.verdict import Failure, Verdict
from routing.decide.visitor import decide
from routing.model.decision import Call
from routing.model.visitors import Leases, LeasesDown


def visitor_steps(leases: Leases, now: Callable[[], float] = time.time) -> Callable[[Mapping[str, Any], Call], Verdict]:
    """What an engine's ``kinds["visitor"]`` is. ``now``: seconds since the epoch."""

    def answer(step: Mapping[str, Any], call: Call) -> Verdict:
        try:
            found = leases.holder(str(step.get("project")), str(step.get("pool")), call.number, now())
        except LeasesDown as problem:
            return decide(step, Failure(str(problem)))
        return decide(step, found)

    return answer
