"""The port to the stored facts of a site's visitors: lent numbers, entities and sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from routing.model.entities import Visitor


class LeasesDown(Exception):
    """The store does not answer in time; the text says why. A normal case."""


@dataclass(frozen=True)
class Lending:
    """A pool's settings for the store; times in seconds."""

    project: str
    pool: str
    numbers: Sequence[str]
    lease_s: int
    keep_s: int


class Leases(Protocol):
    """Numbers lent to visitors, each to one at a time. ``now``: seconds since the epoch. All raise LeasesDown."""

    def lend(
        self, lending: Lending, visitor_id: str, visitor: Visitor, page: Mapping[str, str], now: float
    ) -> str | None:
        """A number for a visit: the visitor's own if they have one; None when all are lent.

        ``page``: entities of the current page.
        """

    def tell(self, lending: Lending, visitor_id: str, page: Mapping[str, str], now: float) -> str | None:
        """Store entities of the current page and renew the lease. The number; None without a lease."""

    def holder(self, project: str, pool: str, number: str, now: float) -> Visitor | None:
        """The visitor to whom a number is lent, or was until recently."""
