"""The leases of numbers that a process asks: Redis, or none. A store that is down is a normal case."""

from __future__ import annotations

from collections.abc import Mapping

from routing.model.entities import Visitor
from routing.model.visitors import Leases, LeasesDown, Lending
from routing.store.client import RedisStore
from routing.store.leases import RedisLeases


def leases_in(store: RedisStore | None) -> Leases:
    """The leases in a Redis; without one leases that always fail."""
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
