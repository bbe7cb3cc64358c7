"""How many minutes strangers were answered today at the numbers that the company pays for, over nodes and restarts.

Three sources, of which the largest counts: Redis has the calls of all nodes; the journal has those of its database,
with the talks of callbacks; `FloodJudge` has those of this process.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from sqlalchemy import Engine, func, select

from routing.callbacks.schema import attempts, callbacks
from routing.decide.flood import day_of
from routing.journal.schema import calls
from routing.model.memory import Forgotten

IsKnown = Callable[[str, float], bool]


class SpentMinutes(Protocol):
    """Answered seconds of a project by day (``YYYYMMDD``) and number, in Redis. Every method raises Forgotten."""

    def add(self, project: str, day: str, number: str, seconds: float) -> float:
        """Count more; returns the number's."""

    def of(self, project: str, day: str) -> Mapping[str, float]:
        """Those of every number."""


@dataclass(frozen=True)
class FloodBudget:
    """``spent``: None without Redis."""

    engine: Engine
    spent: SpentMinutes | None

    def add(self, project: str, number: str, seconds: float, now_s: float, zone: tzinfo) -> float:
        """Count a call that has ended; returns the day's seconds at its number, 0 where nobody knows."""
        if self.spent is None or seconds <= 0:
            return 0.0
        try:
            return self.spent.add(project, _day(now_s, zone), number, seconds)
        except Forgotten:
            return 0.0

    def read(
        self, project: str, numbers: Collection[str], is_known: IsKnown, now_s: float, zone: tzinfo
    ) -> Mapping[str, float]:
        """Number -> answered seconds of the day. Raises SQLAlchemyError."""
        came, called_back = self._journal(project, numbers, is_known, day_of(now_s, zone).timestamp(), now_s)
        everywhere: Mapping[str, float] = {}
        if self.spent is not None:
            with contextlib.suppress(Forgotten):
                everywhere = self.spent.of(project, _day(now_s, zone))
        totals = {number: max(came[number], everywhere.get(number, 0.0)) + called_back[number] for number in numbers}
        return {number: seconds for number, seconds in totals.items() if seconds}

    def _journal(
        self, project: str, numbers: Collection[str], is_known: IsKnown, since_s: float, now_s: float
    ) -> tuple[dict[str, float], dict[str, float]]:
        """Seconds of calls that came, and of callbacks of calls that came, by number."""
        came = (
            select(calls.c.number, calls.c.caller, func.sum(calls.c.ended - calls.c.answered))
            .where(calls.c.direction == "in", calls.c.started >= since_s, calls.c.answered > 0)
            .where(calls.c.project == project)
            .group_by(calls.c.number, calls.c.caller)
        )
        back = (
            select(callbacks.c.dialled, callbacks.c.number, func.sum(attempts.c.talked_s))
            .join(attempts, attempts.c.callback == callbacks.c.id)
            .where(attempts.c.began_s >= since_s, callbacks.c.project == project)
            .group_by(callbacks.c.dialled, callbacks.c.number)
        )
        found: tuple[dict[str, float], dict[str, float]] = (defaultdict(float), defaultdict(float))
        with self.engine.connect().execution_options(reads=True) as connection:
            for query, sums in zip((came, back), found, strict=True):
                for number, caller, seconds in connection.execute(query):
                    if number in numbers and not is_known(caller, now_s):
                        sums[number] += seconds or 0.0
        return found


def _day(now_s: float, zone: tzinfo) -> str:
    return day_of(now_s, zone).strftime("%Y%m%d")
