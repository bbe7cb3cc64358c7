"""How many calls back were asked for, how many clients were reached, and how long that took."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine, select, text

from routing.callbacks.schema import OF_CLIENTS, callbacks
from routing.model.callback import OPEN, CallbackStatus

_LOST = (CallbackStatus.GIVEN_UP, CallbackStatus.EXPIRED)


@dataclass
class CallbackFigures:
    """Counts of orders; ``waits_s``: of those that were reached, seconds from the order to the talk's end."""

    ordered: int = 0
    reached: int = 0
    lost: int = 0
    cancelled: int = 0
    withdrawn: int = 0
    open: int = 0
    waits_s: list[float] = field(default_factory=list)

    def count(self, status: str, wait_s: float) -> None:
        """Count an order."""
        self.ordered += 1
        self.open += status in OPEN
        self.lost += status in _LOST
        self.cancelled += status == CallbackStatus.CANCELLED
        self.withdrawn += status == CallbackStatus.WITHDRAWN
        if status == CallbackStatus.TALKED:
            self.reached += 1
            self.waits_s.append(max(wait_s, 0.0))

    @property
    def median_s(self) -> float:
        """The median of the waits; 0 without any."""
        return statistics.median(self.waits_s) if self.waits_s else 0.0

    @property
    def share(self) -> float:
        """The share of clients who were reached, of the orders that are over and were neither cancelled nor
        withdrawn."""
        over = self.reached + self.lost
        return self.reached / over if over else 0.0

    def as_json(self) -> dict[str, float]:
        """Plain data."""
        counts = {
            name: getattr(self, name) for name in ("ordered", "reached", "lost", "cancelled", "withdrawn", "open")
        }
        return {**counts, "reached_share": round(self.share, 3), "median_s": round(self.median_s, 1)}


@dataclass
class CallbackReport:
    """The figures in all, by what ordered and by scheme."""

    total: CallbackFigures
    sources: Mapping[str, CallbackFigures]
    schemes: Mapping[str, CallbackFigures]


def report(engine: Engine, project: str, since: float) -> CallbackReport:
    """The figures of the orders that were made since a time, in seconds since the epoch."""
    columns = (callbacks.c.source, callbacks.c.scheme, callbacks.c.status, callbacks.c.created_s, callbacks.c.closed_s)
    query = select(*columns).where(callbacks.c.project == project, callbacks.c.created_s >= since)
    query = query.where(text(OF_CLIENTS))
    total = CallbackFigures()
    sources: dict[str, CallbackFigures] = defaultdict(CallbackFigures)
    schemes: dict[str, CallbackFigures] = defaultdict(CallbackFigures)
    with engine.connect().execution_options(reads=True) as connection:
        for row in connection.execution_options(yield_per=1000).execute(query):
            for figures in (total, sources[row.source], schemes[row.scheme]):
                figures.count(row.status, row.closed_s - row.created_s)
    return CallbackReport(total, dict(sources), dict(schemes))
