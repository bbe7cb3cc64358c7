"""What few calls have, so that the database finds them by it: a rare label, one client, a status that is seldom.

Whether they are few is counted along an index, up to a bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, select

from routing.desk.journal_filter import JournalFilter
from routing.journal.involved import SCHEME, TAG
from routing.journal.schema import calls, marks
from routing.journal.status import STATUSES

#: What fewer calls have leads to them; what more calls have is looked for call by call.
_RARE = 5_000
#: A beginning of so many digits is found by its index.
_SELECTIVE = 8
#: Statuses of the column, which has an index.
_STORED = frozenset(status.name for status in STATUSES)


@dataclass(frozen=True)
class RareCalls:
    """Where few calls are found by an index: the table, and what holds there."""

    table: FromClause
    own: Sequence[ColumnElement[bool]] = ()


def rare_calls(connection: Connection, criteria: JournalFilter) -> RareCalls | None:
    """What few calls of the period have: then they are found by it, and not by walking through all calls."""
    for kind, name in marks_of(criteria):
        if _are_few(connection, marks.c.call, marks.c.started, criteria, [is_mark(marks, kind, name)]):
            return RareCalls(marks, [is_mark(marks, kind, name)])
    by_index = [
        list(beginning_range(calls.c.client, criteria.client)),
        list(beginning_range(calls.c.number, criteria.number)),
    ]
    if criteria.status in _STORED:
        by_index.append([calls.c.status == criteria.status])
    if criteria.direction:
        by_index.append([calls.c.direction == criteria.direction])
    for conditions in filter(None, by_index):
        if _are_few(connection, calls.c.id, calls.c.started, criteria, conditions):
            return RareCalls(calls)
    return None


def _are_few(
    connection: Connection, call: Any, started: Any, criteria: JournalFilter, conditions: list[ColumnElement[bool]]
) -> bool:
    query = select(call).where(*conditions)
    if criteria.since:
        query = query.where(started >= criteria.since)
    if criteria.until:
        query = query.where(started < criteria.until)
    some = query.limit(_RARE).subquery()
    return (connection.scalar(select(func.count()).select_from(some)) or 0) < _RARE


def marks_of(criteria: JournalFilter) -> list[tuple[str, str]]:
    """The filter's label and scheme: (kind, name)."""
    return [(kind, name) for kind, name in ((TAG, criteria.tag), (SCHEME, criteria.scheme)) if name]


def is_mark(table: FromClause, kind: str, name: str) -> ColumnElement[bool]:
    """Whether a row of `marks` is this one."""
    return and_(table.c.kind == kind, table.c.name == name)


def beginning_range(column: Any, beginning: str) -> Iterator[ColumnElement[bool]]:
    """What begins so, for the column's index: it knows no LIKE. All of a number, or much of it."""
    if len(beginning) >= _SELECTIVE:
        yield column >= beginning
        yield column < beginning[:-1] + chr(ord(beginning[-1]) + 1)
