"""A report of a period: its figures, those of the period before, days, hours of the week and tables. Pure.

`routing.desk.report_view` gives it texts, `routing.desk.report_source` fills it from the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from routing.desk.report_period import ReportPeriod
from routing.journal.figures import ALL, NUMBER, PERSON, QUEUE, SCHEME, SOURCE, CallSums

#: The tables, and what calls can be looked at by one at a time.
TABLES = (PERSON, SCHEME, NUMBER, SOURCE, QUEUE)
#: Rows of a table on a page; an export has all.
MOST_ROWS = 100
#: Bounds of the levels of a missed share, 1 to 5; 0 for no calls.
SHARE_LEVELS = (0.0, 0.05, 0.1, 0.2, 0.4)
LEVELS = 5
#: Fewer calls of an hour of the week make no share.
FEW_CALLS = 3


@dataclass(frozen=True, slots=True)
class ReportFocus:
    """Calls of one name only; ``kind`` `ALL`: all calls."""

    kind: str = ALL
    name: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """What stands for it in an address."""
        return {"by": self.kind, "name": self.name} if self.kind != ALL else {}

    @property
    def filters(self) -> dict[str, str] | None:
        """The same for the journal; None for what it has no filter for."""
        if self.kind == ALL:
            return {}
        return {self.kind: self.name} if self.kind in (PERSON, SCHEME, NUMBER) else None


@dataclass(frozen=True, slots=True)
class HeatCell:
    """An hour of the week. ``level``: 0 without calls, 1..5."""

    sums: CallSums
    calls_level: int
    share_level: int

    @property
    def has_few(self) -> bool:
        """Whether its share says little: one missed call at night is no red hour."""
        return self.sums.incoming < FEW_CALLS


@dataclass(frozen=True)
class HeatMap:
    """Hours of the week: ``hours`` are those with calls in any week, ``rows`` have a cell for each, Monday first."""

    hours: Sequence[int]
    rows: Sequence[Sequence[HeatCell]]


@dataclass(frozen=True)
class CallReport:
    """The report. ``days``: each day of the period, with calls or without; ``tables``: kind -> name -> sums."""

    period: ReportPeriod
    focus: ReportFocus
    total: CallSums
    before: CallSums
    days: Sequence[tuple[date, CallSums]]
    heat: HeatMap
    tables: Mapping[str, Mapping[str, CallSums]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nobody called and was called."""
        return not (self.total.incoming or self.total.outgoing or self.total.reached)


def heat_map(found: Mapping[tuple[int, int], CallSums]) -> HeatMap:
    """The hours of the week of sums by weekday, from Monday, and hour."""
    busy = [hour for (_, hour), sums in found.items() if sums.incoming]
    shown = range(min(busy), max(busy) + 1) if busy else ()
    most = max((sums.incoming for sums in found.values()), default=0)
    rows = [[_cell(found.get((weekday, hour), CallSums()), most) for hour in shown] for weekday in range(7)]
    return HeatMap(list(shown), rows)


def _cell(sums: CallSums, most: int) -> HeatCell:
    if not sums.incoming:
        return HeatCell(sums, 0, 0)
    calls_level = min(1 + sums.incoming * LEVELS // (most + 1), LEVELS)
    return HeatCell(sums, calls_level, max(sum(sums.missed_share > bound for bound in SHARE_LEVELS), 1))
