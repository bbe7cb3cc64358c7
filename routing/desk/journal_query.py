"""Reads pages of the journal, newest first, as far as somebody may see them: fast in a journal of a million calls.

A page is found in the narrowest table: `involved` for the calls of people, `marks` for a rare scheme or label, else
`calls`; each walks an index from the page's place on and stops when the page is full. Its columns are read afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from routing.desk.journal_filter import MISSED_GROUP, JournalFilter, JournalPlace
from routing.desk.journal_rare import beginning_range, is_mark, marks_of, rare_calls
from routing.journal.query import computed_status
from routing.journal.schema import calls, involved, marks
from routing.journal.status import DERIVED, MISSED

PAGE = 50
#: Counted at most; an export is cut there.
MOST_COUNTED = 10_000
#: Calls that show how busy a group is.
_SAMPLE = 200
_COLUMNS = (
    "id", "direction", "number", "dialled", "caller", "client", "scheme", "started", "ended", "bridged", "person",
    "target", "wait_s", "talk_s", "recording", "voicemail", "source", "entities", "tags", "node",
)  # fmt: skip


@dataclass(frozen=True)
class JournalScope:
    """What somebody may see: calls of a project; ``people``: only theirs, None for everybody's."""

    project: str
    people: frozenset[str] | None = None


@dataclass(frozen=True)
class JournalPage:
    """Rows by column name; ``status`` is the computed one. ``more``: whether more follow in its direction."""

    rows: Sequence[dict[str, Any]]
    more: bool = False


def page(
    engine: Engine, criteria: JournalFilter, scope: JournalScope, place: JournalPlace | None = None, size: int = PAGE
) -> JournalPage:
    """A page, newest first."""
    with engine.connect().execution_options(reads=True) as connection:
        return read(connection, criteria, scope, place, size)


def read(
    connection: Connection, criteria: JournalFilter, scope: JournalScope, place: JournalPlace | None, size: int
) -> JournalPage:
    """A page on a connection."""
    found = connection.execute(_places(connection, criteria, scope, place, size + 1)).all()
    ids = [row.call for row in found[:size]]
    columns = [calls.c[name] for name in _COLUMNS]
    query = select(*columns, computed_status().label("status")).where(calls.c.id.in_(ids))
    rows = {row["id"]: dict(row) for row in connection.execute(query).mappings()} if ids else {}
    ordered = [rows[id_] for id_ in ids if id_ in rows]
    return JournalPage(ordered[::-1] if place and place.newer else ordered, len(found) > size)


def count(engine: Engine, criteria: JournalFilter, scope: JournalScope, most: int = MOST_COUNTED) -> int:
    """How many calls the filter finds; ``most`` for more."""
    with engine.connect().execution_options(reads=True) as connection:
        places = _places(connection, criteria, scope, None, most).subquery()
        return int(connection.scalar(select(func.count()).select_from(places)) or 0)


def is_notified(engine: Engine, call: str) -> bool:
    """Whether everybody has the call's notice."""
    with engine.connect().execution_options(reads=True) as connection:
        return bool(connection.scalar(select(calls.c.notified).where(calls.c.id == call)))


def finds(connection: Connection, criteria: JournalFilter, scope: JournalScope, call: str) -> bool:
    """Whether a filter finds a call that may be seen."""
    query = _walk(_Walk(calls, criteria, scope, None, 1, True), [calls.c.id == call])
    for people in (scope.people, frozenset({criteria.person}) if criteria.person else None):
        if people is not None:
            query = query.where(_involves(calls.c.id, people))
    return connection.execute(query).first() is not None


def sees(engine: Engine, call: str, scope: JournalScope) -> bool:
    """Whether a call exists and may be seen."""
    query = select(calls.c.id).where(calls.c.id == call, of_project(scope.project))
    if scope.people is not None:
        query = query.where(_involves(calls.c.id, scope.people))
    with engine.connect().execution_options(reads=True) as connection:
        return connection.execute(query).first() is not None


def _places(
    connection: Connection, criteria: JournalFilter, scope: JournalScope, place: JournalPlace | None, most: int
) -> Select[Any]:
    """The calls of a page in order: (started, call)."""
    people = scope.people
    if criteria.person:
        people = frozenset({criteria.person}) if people is None else people & {criteria.person}
    rare = rare_calls(connection, criteria)
    if rare is not None or people is None or _are_in_many(connection, people, place):
        table = calls if rare is None else rare.table
        query = _walk(_Walk(table, criteria, scope, place, most, rare is not None), rare.own if rare else ())
        if people is not None:
            query = query.where(_involves(_call_of(table), people))
        return query
    walk = _Walk(involved, criteria, scope, place, most)
    parts = [_walk(walk, [involved.c.person == name]) for name in sorted(people)]
    if not parts:
        return select(calls.c.started, calls.c.id.label("call")).where(literal_column("1") == 0)
    if len(parts) == 1:
        return parts[0]
    merged = union_all(*(select(part.subquery()) for part in parts)).subquery()
    both = merged.c.started, merged.c.call
    return select(*both).distinct().order_by(*_order(*both, place)).limit(most)


@dataclass(frozen=True)
class _Walk:
    """The first calls of a table from a place on. ``is_sorted``: few calls are found by another index and sorted."""

    table: FromClause
    criteria: JournalFilter
    scope: JournalScope
    place: JournalPlace | None
    most: int
    is_sorted: bool = False


def _walk(walk: _Walk, own: Sequence[ColumnElement[bool]]) -> Select[Any]:
    table, call = walk.table, _call_of(walk.table)
    query = select(table.c.started, call.label("call"))
    if table is not calls:
        query = query.join_from(table, calls, calls.c.id == call)
    # an expression: the index of times is not walked in search of a few calls
    started = table.c.started + 0 if walk.is_sorted and table is calls else table.c.started
    for condition in (*own, *_conditions(walk), *_from(started, call, walk.place)):
        query = query.where(condition)
    return query.order_by(*_order(started, call, walk.place)).limit(walk.most)


def _call_of(table: FromClause) -> Any:
    return table.c.id if table is calls else table.c.call


def _order(started: Any, call: Any, place: JournalPlace | None) -> tuple[Any, Any]:
    return (started.asc(), call.asc()) if place and place.newer else (started.desc(), call.desc())


def _from(started: Any, call: Any, place: JournalPlace | None) -> Iterator[ColumnElement[bool]]:
    if place and place.newer:
        yield started >= place.started
        yield or_(started > place.started, call > place.call)
    elif place:
        yield started <= place.started
        yield or_(started < place.started, call < place.call)


def _conditions(walk: _Walk) -> Iterator[ColumnElement[bool]]:
    table, criteria = walk.table, walk.criteria
    facts = involved if table is involved else calls
    yield of_project(walk.scope.project)
    if criteria.since:
        yield table.c.started >= criteria.since
    if criteria.until:
        yield table.c.started < criteria.until
    if criteria.status == MISSED_GROUP:
        # as one expression: an index of statuses would find each and sort them all
        yield case((and_(facts.c.direction == "in", facts.c.status.in_(sorted(MISSED))), 1), else_=0) == 1
    elif criteria.status in DERIVED:
        yield facts.c.status == "answered"
        yield computed_status() == criteria.status
    elif criteria.status:
        yield facts.c.status == criteria.status
    if criteria.direction:
        yield facts.c.direction == criteria.direction
    if criteria.node:
        yield calls.c.node == criteria.node
    for column, beginning in ((calls.c.client, criteria.client), (calls.c.number, criteria.number)):
        if beginning:
            yield column.startswith(beginning, autoescape=True)
        if walk.is_sorted:
            yield from beginning_range(column, beginning)
    for kind, name in marks_of(criteria):
        mark = marks.alias()
        yield exists().where(is_mark(mark, kind, name), mark.c.started == calls.c.started, mark.c.call == calls.c.id)


def of_project(project: str) -> ColumnElement[bool]:
    """Whether a call is a project's. One of no project was carried before its release was known."""
    return calls.c.project.in_((project, ""))


def _involves(call: Any, people: frozenset[str]) -> ColumnElement[bool]:
    same = involved.alias("same")
    # an expression: the call's few people are looked through, instead of looking for each of a group
    return exists().where(same.c.call == call, func.coalesce(same.c.person, "").in_(sorted(people)))


def _are_in_many(connection: Connection, people: frozenset[str], place: JournalPlace | None) -> bool:
    """Whether a group is in so many calls that walking through all of them finds its calls sooner than merging those
    of its people: seen from the calls at the place."""
    if len(people) < 2:
        return False
    last = select(calls.c.id, calls.c.started).order_by(calls.c.started.desc()).limit(_SAMPLE)
    if place:
        last = last.where(calls.c.started <= place.started)
    sample = last.subquery()
    count = select(func.count()).select_from(sample).where(_involves(sample.c.id, people))
    return (connection.scalar(count) or 0) * len(people) > _SAMPLE
