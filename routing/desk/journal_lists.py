"""Lists of calls in the order of time along an index, and which of them is the narrowest at a place. Pure SQL.

Whatever is sought is found by walking one list and looking at each call of it. A walk is bounded by the calls that it
looks at, not by those that it finds: so no filter can read a whole journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)

from routing.desk.journal_filter import JournalFilter, JournalPlace
from routing.journal.client_names import part_mark
from routing.journal.involved import QUEUE, RATING, SCHEME, TAG, WORD
from routing.journal.schema import calls, involved, marks
from routing.journal.status import DERIVED, STATUSES

#: Calls that no index has in the order of time are sorted if they are fewer.
RARE = 5_000
#: A beginning of so many characters may be rare.
_SELECTIVE = 8
#: A group of more people is looked for call by call: SQL has a bound of parts of a union.
_MOST_PEOPLE = 100
#: Statuses of the column, which has an index.
_STORED = frozenset(status.name for status in STATUSES)


@dataclass(frozen=True)
class Stretch:
    """A part of the time: from a place on, within the filter's days. ``end``: its last moment in the place's direction,
    None: to the end of the journal."""

    since: float
    until: float
    place: JournalPlace | None = None
    end: float | None = None

    @property
    def is_newer(self) -> bool:
        """Whether it goes from older calls to newer ones."""
        return self.place is not None and self.place.newer

    def times(self, started: Any) -> Iterator[ColumnElement[bool]]:
        """What holds for the time of a call in it, and for more calls of the place's moment."""
        if self.since:
            yield started >= self.since
        if self.until:
            yield started < self.until
        if self.place:
            yield started >= self.place.started if self.is_newer else started <= self.place.started
        if self.end is not None:
            yield started <= self.end if self.is_newer else started >= self.end

    def conditions(self, started: Any, call: Any) -> Iterator[ColumnElement[bool]]:
        """What holds for a call in it."""
        yield from self.times(started)
        if self.place and self.is_newer:
            yield or_(started > self.place.started, self._beyond(call > self.place.call))
        elif self.place:
            yield or_(started < self.place.started, self._beyond(call < self.place.call))

    def order(self, started: Any, *more: Any) -> tuple[Any, ...]:
        """Its calls in their order."""
        return tuple(each.asc() if self.is_newer else each.desc() for each in (started, *more))

    def _beyond(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return condition if self.place and self.place.call else false()


class CallList(Protocol):
    """Calls in the order of time. ``fact``: the name of the filter that all of them pass."""

    @property
    def fact(self) -> str: ...

    def end(self, connection: Connection, stretch: Stretch, most: int) -> float | None:
        """When so many calls of it end; None when there are fewer."""

    def calls(self, stretch: Stretch) -> tuple[FromClause, Sequence[ColumnElement[bool]]]:
        """Its calls in a stretch: a table with ``started`` and the call, and what holds there."""


@dataclass(frozen=True)
class IndexedCalls:
    """Calls along an index of ``table``; ``own``: what holds in this part of the index."""

    table: FromClause
    own: tuple[ColumnElement[bool], ...] = ()
    fact: str = ""

    def end(self, connection: Connection, stretch: Stretch, most: int) -> float | None:
        """When so many calls of it end; None when there are fewer."""
        found: float | None = connection.scalar(self.last(stretch, most))
        return found

    def last(self, stretch: Stretch, most: int) -> Select[Any]:
        """When so many calls end: the index alone is read."""
        started: Any = self.table.c.started
        query = select(started).where(*self.own, *stretch.times(started)).order_by(*stretch.order(started))
        return query.limit(1).offset(most - 1)

    def calls(self, stretch: Stretch) -> tuple[FromClause, Sequence[ColumnElement[bool]]]:
        """Its calls in a stretch."""
        return self.table, [*self.own, *stretch.conditions(self.table.c.started, call_of(self.table))]


@dataclass(frozen=True)
class RareCalls:
    """Few calls, which an index has in another order: all of them at once."""

    own: tuple[ColumnElement[bool], ...]
    fact: str = ""

    def end(self, connection: Connection, stretch: Stretch, most: int) -> float | None:
        """There are few."""

    def calls(self, stretch: Stretch) -> tuple[FromClause, Sequence[ColumnElement[bool]]]:
        """Its calls in a stretch."""
        # an expression: the index of times is not walked in search of a few calls
        return calls, [*self.own, *stretch.conditions(calls.c.started + 0, calls.c.id)]


@dataclass(frozen=True)
class GroupCalls:
    """The calls of several people: as many of each, up to where the first list is cut."""

    people: Sequence[str]
    fact: str = "people"

    def end(self, connection: Connection, stretch: Stretch, most: int) -> float | None:
        """When so many calls of it end; None when there are fewer."""
        each = max(most // len(self.people), 2)
        parts = [of_person(name).last(stretch, each).subquery() for name in self.people]
        found = list(connection.scalars(union_all(*(select(part) for part in parts))))
        return (min if stretch.is_newer else max)(found) if found else None

    def calls(self, stretch: Stretch) -> tuple[FromClause, Sequence[ColumnElement[bool]]]:
        """Its calls in a stretch, each once."""
        parts = []
        for name in self.people:
            table, conditions = of_person(name).calls(stretch)
            parts.append(select(table.c.started, table.c.call).where(*conditions))
        return union(*parts).subquery("walk"), ()


def narrowest(
    connection: Connection, criteria: JournalFilter, people: frozenset[str] | None, stretch: Stretch, most: int
) -> tuple[CallList, float | None]:
    """The list whose next calls reach the farthest, and how far so many of them reach (None: to its end)."""
    found: list[tuple[CallList, float]] = []
    for each in _lists(connection, criteria, people):
        end = each.end(connection, stretch, most)
        if end is None:
            return each, None
        found.append((each, end))
    return (max if stretch.is_newer else min)(found, key=lambda pair: pair[1])


def _lists(connection: Connection, criteria: JournalFilter, people: frozenset[str] | None) -> Iterator[CallList]:
    """The lists that have every call that a filter finds."""
    whole = "" if criteria.client_ends else criteria.client
    for fact, column, beginning in (("client", calls.c.client, whole), ("number", calls.c.number, criteria.number)):
        between = tuple(beginning_range(column, beginning))
        if between and _are_few(connection, between, criteria):
            yield RareCalls(between, fact)
    for word in criteria.name_parts:
        if _are_few(connection, is_name_part(marks, word), criteria, marks):
            yield RareCalls((calls.c.id.in_(select(marks.c.call).where(*is_name_part(marks, word))),))
    for kind, name in marks_of(criteria):
        yield IndexedCalls(marks, (is_mark(marks, kind, name),), kind)
    if criteria.number and (number := _only_number(connection, criteria.number)):
        yield IndexedCalls(calls, (calls.c.number == number,), "number")
    status = "answered" if criteria.status in DERIVED else criteria.status
    if status in _STORED:
        yield IndexedCalls(calls, (calls.c.status == status,), "" if criteria.status in DERIVED else "status")
    if criteria.direction:
        yield IndexedCalls(calls, (calls.c.direction == criteria.direction,), "direction")
    if people is not None and len(people) == 1:
        yield of_person(*people)
    elif people is not None and len(people) <= _MOST_PEOPLE:
        yield GroupCalls(sorted(people))
    yield IndexedCalls(calls)


def of_person(name: str) -> IndexedCalls:
    """The calls of one person."""
    return IndexedCalls(involved, (involved.c.person == name,), "people")


def _are_few(
    connection: Connection, own: Sequence[ColumnElement[bool]], criteria: JournalFilter, table: FromClause = calls
) -> bool:
    within = Stretch(criteria.since, criteria.until).times(table.c.started)
    some = select(literal(1).label("one")).where(*own, *within).limit(RARE).subquery()
    return (connection.scalar(select(func.count()).select_from(some)) or 0) < RARE


def _only_number(connection: Connection, beginning: str) -> str:
    """The only number of the company that begins so; "" for none and for several."""
    between = list(beginning_range(calls.c.number, beginning, 1))
    first, last = (
        connection.scalar(select(calls.c.number).where(*between).order_by(order).limit(1))
        for order in (calls.c.number.asc(), calls.c.number.desc())
    )
    return first if first and first == last else ""


def call_of(table: FromClause) -> Any:
    """The column of a call's id."""
    return table.c.id if table is calls else table.c.call


def marks_of(criteria: JournalFilter) -> list[tuple[str, str]]:
    """The filter's label, scheme, queue and rating: (kind, name)."""
    known = (TAG, criteria.tag), (SCHEME, criteria.scheme), (QUEUE, criteria.queue), (RATING, criteria.rating)
    return [(kind, name) for kind, name in known if name]


def is_mark(table: FromClause, kind: str, name: str) -> ColumnElement[bool]:
    """Whether a row of `marks` is this one."""
    return and_(table.c.kind == kind, table.c.name == name)


def is_name_part(table: FromClause, beginning: str) -> tuple[ColumnElement[bool], ...]:
    """Whether a row of `marks` is a word of a client's name that begins so: a range of the index."""
    return (table.c.kind == WORD, *beginning_range(table.c.name, part_mark(beginning), 1))


def beginning_range(column: Any, beginning: str, shortest: int = _SELECTIVE) -> Iterator[ColumnElement[bool]]:
    """What begins so, for the column's index: it knows no LIKE. All of a number, or much of it. What follows are digits
    and the letters up to f, which come before a g in the order of every language that a database may sort by."""
    if len(beginning) >= shortest:
        yield column >= beginning
        yield column < f"{beginning}g"
