"""Calls back on the offline switch: each order is accepted, and nobody dials it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from routing.model.callback import CallbackOrder, OrdersDown
from routing.model.callback_plan import TABLE, CallbackPlan, plan_of


@dataclass(frozen=True)
class Orders:
    """`routing.decide.ports.CallbackOrders` over the tables of a release, by their path."""

    table: Callable[[str], Mapping[str, Any]]

    def plan(self, release: str) -> CallbackPlan:
        """See CallbackOrders."""
        facts = self.table(f"{release}/{TABLE}")
        if not facts:
            raise OrdersDown("this release calls nobody back")
        return plan_of(facts)

    def order(self, new: CallbackOrder) -> CallbackOrder:
        """See CallbackOrders."""
        return new

    def no_longer_awaiting(self, project: str, person: str, awaits: str, now: float) -> int:
        """See CallbackOrders."""
        return 0
