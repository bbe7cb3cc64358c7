"""Keeps the prepared figures of one project up to date: sums by hour and by day, from calls in the journal.

Whatever changes a call marks its hour in the same transaction (`routing.journal.figure_marks`). Here marks are deleted
and the sums of their hours made anew in one transaction, from the calls as they are then. So a process that is killed
leaves the marks, a second one does the same work again, and nothing is added twice. Hours whose calls were deleted
because they were old stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, fields
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Table,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)

from routing.journal.figure_calls import counted_calls
from routing.journal.figure_days import QUARTER_S, FigureDay, day_of, hour_of
from routing.journal.figure_marks import LATEST_S
from routing.journal.figures import EVERYTHING, KINDS, REACHED_SECONDS, SUMMED, CallSums, FigureView, count
from routing.journal.figures_schema import OF_A_CLIENT, days, hours, marks, views
from routing.journal.schema import calls
from routing.journal.status import MISSED, REPEAT_SECONDS

#: Figures are at most so old while calls come.
EVERY_SECONDS = 5.0
#: Figures of a view stay so long after the last worker had it in its release (two workers may have two releases), and
#: a worker says that it has one so often.
UNNEEDED_S, NOTED_EVERY_S = 2 * 86400.0, 3600.0
#: Days made anew in one pass, so that calls are recorded meanwhile.
DAYS_AT_ONCE = 30
#: Marks whose clients' other calls are marked in one transaction.
_AT_ONCE = 1000
#: No call is longer.
_LONGEST_CALL_S = 86400.0
#: The key of PostgreSQL's advisory lock around a rebuild; any constant.
_LOCK = 7_202_612
_COLUMNS = tuple(each.name for each in fields(CallSums))


def _unknown_zone() -> ZoneInfo | None:
    return None


def _unknown_views() -> Collection[FigureView] | None:
    return None


@dataclass
class FigureBook:
    """The figures of one project. ``zone`` and ``views``: as the live release says, None where there is none: then
    what the journal has stays. ``now``: seconds since the epoch."""

    engine: Engine
    project: Callable[[], str]
    now: Callable[[], float]
    zone: Callable[[], ZoneInfo | None] = _unknown_zone
    views: Callable[[], Collection[FigureView] | None] = _unknown_views
    #: Whether the last pass left no mark.
    is_current: bool = field(default=False, init=False)
    _next: float = field(default=0.0, init=False)

    def work(self) -> int:
        """Make figures that are out of date anew, at most every few seconds; returns how many days had some."""
        if self._next - EVERY_SECONDS <= self.now() < self._next:
            return 0
        self.is_current, done = False, 0
        while done < DAYS_AT_ONCE:
            if not self._next_day():
                self.is_current = True
                self._next = self.now() + EVERY_SECONDS
                break
            done += 1
        return done

    def _next_day(self) -> bool:
        """Make the figures of the newest day with a mark anew; whether there was one."""
        zone = self._prepare()
        while self._spread():
            pass
        with self.engine.connect().execution_options(reads=True) as connection:
            newest = connection.scalar(select(func.max(marks.c.at_s)).where(self._ours(marks)))
        if newest is None:
            return False
        with self.engine.begin() as connection:
            _take_turns(connection)
            self._rebuild(connection, day_of(newest, zone))
        return True

    def _ours(self, table: Table) -> ColumnElement[bool]:
        """Rows of the project's calls, and of those that name none."""
        return table.c.project.in_((self.project(), ""))

    def _prepare(self) -> ZoneInfo:
        """The zone of days; whatever is out of date since the release changed is marked."""
        with self.engine.connect().execution_options(reads=True) as connection:
            known, zone, kept_from_s = self._known(connection)
        expected = self.views()
        mine, now = {EVERYTHING, *(expected if expected is not None else known)}, self.now()
        live = self.zone() or ZoneInfo(zone or "UTC")
        gone = {view for view in known.keys() - mine if now - known[view] > UNNEEDED_S}
        is_noted = all(abs(now - known.get(view, -math.inf)) < NOTED_EVERY_S for view in mine)
        if is_noted and not gone and live.key == zone:
            return live
        with self.engine.begin() as connection:
            _take_turns(connection)
            if live.key != zone:
                self._mark_all(connection, since=0.0)
                self._delete(connection, days, since=0.0)
                self._delete(connection, hours, kept_from_s)
            elif mine - known.keys():
                self._mark_all(connection, kept_from_s)
            for table in (days, hours):
                ids = [view.id for view in gone]
                connection.execute(delete(table).where(table.c.project == self.project(), table.c.view.in_(ids)))
            connection.execute(delete(views).where(views.c.project == self.project()))
            needed = {view: at_s for view, at_s in known.items() if view not in gone} | dict.fromkeys(mine, now)
            rows = [self._view_row(view, live, kept_from_s) | {"needed_s": at_s} for view, at_s in needed.items()]
            connection.execute(insert(views), rows)
        return live

    def _delete(self, connection: Connection, table: Table, since: float) -> None:
        connection.execute(delete(table).where(table.c.project == self.project(), table.c.at >= since))

    def _known(self, connection: Connection) -> tuple[dict[FigureView, float], str, float]:
        """The views with figures and when each was needed last, the zone of their days ("" for none), and from when
        hours may be made anew: old calls are deleted before or after this transaction."""
        mine = select(views).where(views.c.project == self.project())
        rows = connection.execute(mine.with_for_update()).all()
        found = {
            FigureView(frozenset(row.people.split()), frozenset(row.schemes.split())): row.needed_s for row in rows
        }
        return found, rows[0].zone if rows else "", max((row.kept_from_s for row in rows), default=0.0)

    def _view_row(self, view: FigureView, zone: ZoneInfo, kept_from_s: float) -> dict[str, object]:
        people, schemes = (" ".join(sorted(each)) for each in (view.people, view.schemes))
        facts = {"project": self.project(), "view": view.id, "people": people, "schemes": schemes}
        return facts | {"zone": zone.key, "kept_from_s": kept_from_s}

    def _mark_all(self, connection: Connection, since: float) -> None:
        """Every hour with calls or figures is out of date."""
        quarters = calls.c.started / QUARTER_S
        quarter = (cast(quarters, Integer) if connection.dialect.name == "sqlite" else func.floor(quarters)) * QUARTER_S
        ours = calls.c.started.between(since, LATEST_S), self._ours(calls)
        for found in (
            select(calls.c.project, quarter).where(*ours).distinct(),
            select(hours.c.project, hours.c.at).where(self._ours(hours), hours.c.at >= since).distinct(),
        ):
            connection.execute(insert(marks).from_select(["project", "at_s"], found))

    def _spread(self) -> bool:
        """Mark the calls whose figures depend on talks of their clients; whether there were such talks.

        Before, missed calls may have been reached by them; afterwards, answered ones may be repeat calls.
        """
        query = select(marks.c.n).where(text(OF_A_CLIENT), self._ours(marks)).order_by(marks.c.n).limit(_AT_ONCE)
        with self.engine.connect().execution_options(reads=True) as connection:
            if connection.scalar(query.limit(1)) is None:
                return False
        with self.engine.begin() as connection:
            _take_turns(connection)
            found: Sequence[int] = list(connection.scalars(query))
            since, until = calls.c.started >= marks.c.at_s - 2 * REACHED_SECONDS, calls.c.started - marks.c.at_s
            missed = and_(calls.c.status.in_(MISSED), since, until <= _LONGEST_CALL_S)
            answered = and_(calls.c.status == "answered", until > 0, until <= REPEAT_SECONDS + _LONGEST_CALL_S)
            others = select(calls.c.project, calls.c.started, literal("")).where(
                marks.c.n.in_(found), calls.c.client == marks.c.client, calls.c.direction == "in",
                or_(missed, answered),
            )  # fmt: skip
            connection.execute(insert(marks).from_select(["project", "at_s", "client"], others))
            connection.execute(update(marks).where(marks.c.n.in_(found)).values(client=""))
        return True

    def _rebuild(self, connection: Connection, day: FigureDay) -> None:
        """The marks of a day are deleted first: a call that is recorded from now on leaves another."""
        known, _, kept_from_s = self._known(connection)
        in_day = and_(marks.c.at_s >= day.begin, marks.c.at_s < day.end, marks.c.client == "", self._ours(marks))
        found = connection.scalars(delete(marks).where(in_day).returning(marks.c.at_s)).all()
        for begin, end in sorted({hour_of(at_s, day.zone) for at_s in found}):
            if begin >= kept_from_s:
                self._rebuild_hour(connection, begin, end, known)
        ids = [view.id for view in known]
        same = days.c.project == self.project(), days.c.view.in_(ids), days.c.kind.in_(KINDS), days.c.at == day.begin
        connection.execute(delete(days).where(*same))
        keys = hours.c.project, hours.c.view, hours.c.kind
        sums = [_sum(name) for name in _COLUMNS]
        whole = select(*keys, literal(day.begin), hours.c.name, *sums).where(
            hours.c.project == self.project(), hours.c.view.in_(ids), hours.c.kind.in_(KINDS),
            hours.c.at >= day.begin, hours.c.at < day.end,
        )  # fmt: skip
        names = ["project", "view", "kind", "at", "name", *_COLUMNS]
        connection.execute(insert(days).from_select(names, whole.group_by(*keys, hours.c.name)))

    def _rebuild_hour(self, connection: Connection, begin: int, end: int, known: Collection[FigureView]) -> None:
        found = counted_calls(connection, (self.project(), ""), begin, end)
        ids = [view.id for view in known]
        same = hours.c.project == self.project(), hours.c.view.in_(ids), hours.c.kind.in_(KINDS)
        connection.execute(delete(hours).where(*same, hours.c.at >= begin, hours.c.at < end))
        rows = [
            {"project": self.project(), "view": view.id, "kind": kind, "at": begin, "name": name}
            | {column: getattr(figures, column) for column in _COLUMNS}
            for view in known
            for (kind, name), figures in count(found, view).items()
        ]
        if rows:
            connection.execute(insert(hours), rows)


def _sum(name: str) -> ColumnElement[float]:
    column = hours.c[name]
    return func.sum(column) if name in SUMMED else func.max(column)


def _take_turns(connection: Connection) -> None:
    """Several workers rebuild one after the other; in SQLite a transaction that writes is alone already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
