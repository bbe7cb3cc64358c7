"""Walks the narrowest list of calls and finds those that a filter matches, window by window, up to a bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, case, false, func, literal, or_, select

from routing.desk.journal_filter import MISSED_GROUP, JournalFilter, JournalPlace
from routing.desk.journal_lists import (
    CallList,
    IndexedCalls,
    Stretch,
    beginning_range,
    call_of,
    is_mark,
    marks_of,
    narrowest,
)
from routing.journal.client_names import part_mark
from routing.journal.involved import WORD
from routing.journal.query import computed_status
from routing.journal.schema import calls, involved, marks
from routing.journal.status import DERIVED, MISSED

#: PostgreSQL's planner would rather read a whole table once than the calls of a window one by one, and compiling a
#: plan takes longer than any of them. Its usual price of a page out of order lets it walk all calls of a time, with
#: helpers, in search of those of one number.
_WALK = {
    **dict.fromkeys(("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_bitmapscan", "jit"), "off"),
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
}


@dataclass(frozen=True)
class JournalScope:
    """What somebody may see: calls of a project; ``people``: only theirs, None for everybody's."""

    project: str
    people: frozenset[str] | None = None


@dataclass
class JournalWalk:
    """Looks for what a filter matches. ``looked``: how far, when there may be more beyond that; None: to the end."""

    connection: Connection
    criteria: JournalFilter
    scope: JournalScope
    place: JournalPlace | None = None
    looked: JournalPlace | None = field(default=None, init=False)

    def windows(self, sizes: Sequence[int]) -> Iterator[Select[Any]]:
        """Queries for ``started`` and ``call`` of matching calls, each of the next so many calls of the list."""
        people = self._people()
        if people is not None and not people:
            return
        prefer_indexes(self.connection)
        stretch = Stretch(self.criteria.since, self.criteria.until, self.place)
        chosen, end = narrowest(self.connection, self.criteria, people, stretch, sizes[0])
        for next_size in (*sizes[1:], 0):
            yield self._matching(chosen, replace(stretch, end=end), people)
            self.looked = None if end is None else JournalPlace(end, "", stretch.is_newer)
            if end is None or not next_size:
                return
            stretch = replace(stretch, place=self.looked)
            end = chosen.end(self.connection, stretch, next_size)

    def alone(self, call: str) -> Select[Any] | None:
        """A query for one call, if it matches; None when none can."""
        people = self._people()
        if people is not None and not people:
            return None
        one = IndexedCalls(calls, (calls.c.id == call,))
        return self._matching(one, Stretch(self.criteria.since, self.criteria.until), people)

    def _people(self) -> frozenset[str] | None:
        """Whose calls are sought; None for everybody's."""
        people, person = self.scope.people, self.criteria.person
        if not person:
            return people
        return frozenset({person}) if people is None else people & {person}

    def _matching(self, chosen: CallList, stretch: Stretch, people: frozenset[str] | None) -> Select[Any]:
        table, own = chosen.calls(stretch)
        started, call = table.c.started, call_of(table)
        query = select(started, call.label("call"))
        if table is not calls:
            query = query.join_from(table, calls, is_call(started, call))
        conditions = list(_conditions(self.criteria, self.scope, chosen.fact, table))
        if people is not None and chosen.fact != "people":
            conditions.append(involves(call, people))
        # as one expression: nothing but the list is looked for in an index
        matches = case((and_(*conditions), 1), else_=0) == 1
        return query.where(*own, matches).order_by(*stretch.order(started, call))


def prefer_indexes(connection: Connection) -> None:
    """Let PostgreSQL walk indexes in this transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(*(func.set_config(name, value, True) for name, value in _WALK.items())))


def _conditions(
    criteria: JournalFilter, scope: JournalScope, known: str, table: FromClause
) -> Iterator[ColumnElement[bool]]:
    """What holds for a call that matches, except what all calls of the list have (``known``). `involved` has some facts
    itself: calls that do not match are not read at all."""
    facts = table if table is involved else calls
    if criteria.status == MISSED_GROUP:
        yield and_(facts.c.direction == "in", facts.c.status.in_(sorted(MISSED)))
    elif criteria.status in DERIVED:
        yield facts.c.status == "answered"
    elif criteria.status and known != "status":
        yield facts.c.status == criteria.status
    if criteria.direction and known != "direction":
        yield facts.c.direction == criteria.direction
    yield of_project(scope.project)
    if criteria.node:
        yield calls.c.node == criteria.node
    if criteria.client:
        begins = calls.c.client.startswith(criteria.client, autoescape=True)
        ends = criteria.client_ends
        yield or_(begins, calls.c.client.endswith(ends, autoescape=True)) if ends else begins
    if criteria.number:
        yield calls.c.number.startswith(criteria.number, autoescape=True)
    for kind, name in marks_of(criteria):
        if known != kind:
            yield _has_mark(kind, name)
    for word in criteria.name_parts:
        yield _has_name_part(word)
    if criteria.status in DERIVED:  # what reads most comes last
        yield computed_status() == criteria.status


def is_call(started: Any, call: Any) -> ColumnElement[bool]:
    """Whether a row of `calls` is a call that another table has. Its id is an expression: it is found by its time,
    because calls of a time are near each other, and ids are anywhere."""
    return and_(calls.c.started == started, func.coalesce(calls.c.id, "") == call)


def of_project(project: str) -> ColumnElement[bool]:
    """Whether a call is a project's. One of no project was carried before its release was known."""
    return calls.c.project.in_((project, ""))


def involves(call: Any, people: frozenset[str]) -> ColumnElement[bool]:
    """Whether a call is one of these people's."""
    same = involved.alias("same")
    # an expression: the call's few people are looked through, instead of looking for each of a group
    return is_any(same, same.c.call == call, func.coalesce(same.c.person, "").in_(sorted(people)))


def _has_mark(kind: str, name: str) -> ColumnElement[bool]:
    mark = marks.alias()
    # an expression: the marks of this name are near each other in the order of time, those of a call anywhere
    same = func.coalesce(mark.c.call, "") == calls.c.id
    return is_any(mark, is_mark(mark, kind, name), mark.c.started == calls.c.started, same)


def _has_name_part(beginning: str) -> ColumnElement[bool]:
    mark = marks.alias()
    # expressions: the call's few marks are looked through, instead of all words that begin so
    kind, name = func.coalesce(mark.c.kind, ""), func.coalesce(mark.c.name, "")
    found = is_any(mark, mark.c.call == calls.c.id, kind == WORD, *beginning_range(name, part_mark(beginning), 1))
    # nothing is looked for where the call has no name at all
    return case((or_(calls.c.client_name != "", calls.c.entities != ""), found), else_=false())


def is_any(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a row of a table is there. Not EXISTS: PostgreSQL makes a join of it, which reads the whole table."""
    one = select(literal(1)).select_from(table).where(*conditions).limit(1)
    return func.coalesce(one.scalar_subquery(), 0) == 1
