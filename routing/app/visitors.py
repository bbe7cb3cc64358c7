"""Decides visitor steps: asks the store to whom a number is lent. A store that is down is a normal case."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from routing.decide.verdict import Failure, Verdict
from routing.decide.visitor import decide
from routing.model.decision import Call
from routing.model.entities import Visitor
from routing.model.visitors import Leases, LeasesDown, Lending
from routing.store.client import Store
from routing.store.leases import RedisLeases


def leases_in(store: Store | None) -> Leases:
    """The leases in a Redis; nobody's without."""
    return RedisLeases(store) if store else NoLeases()


class NoLeases:
    """`routing.model.visitors.Leases` where there is no Redis."""

    def lend(
        self, lending: Lending, visitor_id: str, visitor: Visitor, page: Mapping[str, str], now: float
    ) -> str | None:
        """See Leases."""
        raise LeasesDown("there is no Redis")

    def tell(self, lending: Lending, visitor_id: str, page: Mapping[str, str], now: float) -> str | None:
        """See Leases."""
        raise LeasesDown("there is no Redis")

    def holder(self, project: str, pool: str, number: str, now: float) -> Visitor | None:
        """See Leases."""
        raise LeasesDown("there is no Redis")


def visitor_steps(leases: Leases, now: Callable[[], float] = time.time) -> Callable[[Mapping[str, Any], Call], Verdict]:
    """What an engine's ``kinds["visitor"]`` is. ``now``: seconds since the epoch."""

    def answer(step: Mapping[str, Any], call: Call) -> Verdict:
        try:
            found = leases.holder(str(step.get("project")), str(step.get("pool")), call.number, now())
        except LeasesDown as problem:
            return decide(step, Failure(str(problem)))
        return decide(step, found)

    return answer
