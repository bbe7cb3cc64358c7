"""Reads prepared figures: of a time by name, by day and by hour. Only sums are read, never calls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Engine, Table, func, select

from routing.journal.figure_days import HOUR_S, steady
from routing.journal.figures import ALL, SUMMED, CallSums
from routing.journal.figures_schema import days, hours, marks, views

_COLUMNS = tuple(each.name for each in fields(CallSums))
#: More marks than this are not counted.
_MOST_MARKS = 10_000
_WEEK_HOURS = 168
#: 1 January 1970 was a Thursday.
_EPOCH_WEEKDAY = 3


@dataclass(frozen=True)
class FigureReader:
    """The figures of a view of a project's calls. ``view``: `FigureView.id`. Times are seconds since the epoch, of
    whole days in the project's zone."""

    engine: Engine
    project: str
    view: str = ""

    def by_name(self, kinds: Collection[str], begin: float, end: float) -> Mapping[str, Mapping[str, CallSums]]:
        """Sums of a time: kind -> name -> sums."""
        sums = [(func.sum if name in SUMMED else func.max)(days.c[name]) for name in _COLUMNS]
        query = select(days.c.kind, days.c.name, *sums).where(*self._where(days, kinds, begin, end))
        found: dict[str, dict[str, CallSums]] = {kind: {} for kind in kinds}
        with self.engine.connect().execution_options(reads=True) as connection:
            for kind, name, *values in connection.execute(query.group_by(days.c.kind, days.c.name)):
                found[kind][name] = CallSums(*values)
        return found

    def by_day(self, begin: float, end: float, kind: str = ALL, name: str = "") -> Mapping[int, CallSums]:
        """Sums of each day with calls, by the day's begin."""
        query = select(days.c.at, *(days.c[each] for each in _COLUMNS)).where(
            *self._where(days, (kind,), begin, end), days.c.name == name
        )
        with self.engine.connect().execution_options(reads=True) as connection:
            return {at: CallSums(*values) for at, *values in connection.execute(query)}

    def by_hour_of_week(
        self, begin: int, end: int, zone: ZoneInfo, kind: str = ALL, name: str = ""
    ) -> Mapping[tuple[int, int], CallSums]:
        """Incoming and missed calls of each hour of the week with calls, in the zone: (weekday from Monday, hour)."""
        found: dict[tuple[int, int], CallSums] = {}
        with self.engine.connect().execution_options(reads=True) as connection:
            for first, after, offset_s in steady(begin, end, zone):
                slot = (hours.c.at + offset_s) // HOUR_S % _WEEK_HOURS
                query = select(slot, func.sum(hours.c.incoming), func.sum(hours.c.missed)).where(
                    *self._where(hours, (kind,), first, after), hours.c.name == name
                )
                for number, incoming, missed in connection.execute(query.group_by(slot)):
                    place = (int(number) // 24 + _EPOCH_WEEKDAY) % 7, int(number) % 24
                    found.setdefault(place, CallSums()).add(CallSums(incoming=int(incoming), missed=int(missed)))
        return found

    def is_there(self) -> bool:
        """Whether the view has figures at all."""
        mine = views.c.project == self.project, views.c.view == self.view
        with self.engine.connect().execution_options(reads=True) as connection:
            return connection.scalar(select(views.c.view).where(*mine)) is not None

    def behind(self) -> int:
        """How many changes are not in the figures yet, at most 10,000."""
        some = select(marks.c.n).limit(_MOST_MARKS).subquery()
        with self.engine.connect().execution_options(reads=True) as connection:
            return connection.scalar(select(func.count()).select_from(some)) or 0

    def _where(self, table: Table, kinds: Collection[str], begin: float, end: float) -> tuple[ColumnElement[bool], ...]:
        mine = table.c.project == self.project, table.c.view == self.view, table.c.kind.in_(kinds)
        return *mine, table.c.at >= begin, table.c.at < end
