"""Reads pages of the journal, newest first, as far as somebody may see them: fast in a journal of a million calls.

A page is found by walking the narrowest list of calls that has all of them (`routing.desk.journal_lists`), window by
window, until it is full. Whatever the filter, only so many calls are looked at: a page that is not full says how far it
has looked, and the next one goes on from there. The columns of its calls are read afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from routing.desk.journal_filter import JournalFilter, JournalPlace
from routing.desk.journal_walk import JournalScope, JournalWalk, involves, of_project
from routing.journal.query import computed_status
from routing.journal.schema import calls

__all__ = ["JournalScope"]
PAGE = 50
#: Counted at most.
MOST_COUNTED = 10_000
#: Calls that are looked at for a page, window by window: most pages are full after the first one.
WINDOWS = (500, 3_000, 6_500)
#: The same for a count, which is loaded after the page.
COUNT_WINDOWS = (1_000, 9_000)
_COLUMNS = (
    "id", "direction", "number", "dialled", "caller", "client", "scheme", "started", "ended", "bridged", "person",
    "target", "wait_s", "talk_s", "recording", "voicemail", "source", "entities", "tags", "node", "client_name",
    "rating", "rating_requested", "rated_person",
)  # fmt: skip


@dataclass(frozen=True)
class JournalPage:
    """Rows by column name; ``status`` is the computed one. ``more``: whether more follow in its direction;
    ``looked``: how far it has looked, when there may be more beyond that; None: to the end."""

    rows: Sequence[dict[str, Any]]
    more: bool = False
    looked: JournalPlace | None = None


@dataclass(frozen=True)
class JournalCount:
    """How many calls a filter finds; ``since``: of those that came since then, 0.0 for all."""

    calls: int
    since: float = 0.0


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
    walk, ids = JournalWalk(connection, criteria, scope, place), list[str]()
    for query in walk.windows((max(WINDOWS[0], size + 1), *WINDOWS[1:])):
        ids += [row.call for row in connection.execute(query.limit(size + 1 - len(ids)))]
        if len(ids) > size:
            break
    columns = [calls.c[name] for name in _COLUMNS]
    query = select(*columns, computed_status().label("status")).where(calls.c.id.in_(ids[:size]))
    rows = {row["id"]: dict(row) for row in connection.execute(query).mappings()} if ids else {}
    ordered = [rows[id_] for id_ in ids[:size] if id_ in rows]
    more = len(ids) > size
    return JournalPage(ordered[::-1] if place and place.newer else ordered, more, None if more else walk.looked)


def count(engine: Engine, criteria: JournalFilter, scope: JournalScope, most: int = MOST_COUNTED) -> JournalCount:
    """How many calls the filter finds; ``most`` for more."""
    with engine.connect().execution_options(reads=True) as connection:
        walk, found = JournalWalk(connection, criteria, scope), 0
        for query in walk.windows(COUNT_WINDOWS):
            some = query.limit(most - found).subquery()
            found += int(connection.scalar(select(func.count()).select_from(some)) or 0)
            if found >= most:
                return JournalCount(most)
        return JournalCount(found, walk.looked.started if walk.looked else 0.0)


def is_notified(engine: Engine, call: str) -> bool:
    """Whether everybody has the call's notice."""
    with engine.connect().execution_options(reads=True) as connection:
        return bool(connection.scalar(select(calls.c.notified).where(calls.c.id == call)))


def finds(connection: Connection, criteria: JournalFilter, scope: JournalScope, call: str) -> bool:
    """Whether a filter finds a call that may be seen."""
    query = JournalWalk(connection, criteria, scope).alone(call)
    return query is not None and connection.execute(query).first() is not None


def sees(engine: Engine, call: str, scope: JournalScope) -> bool:
    """Whether a call exists and may be seen."""
    query = select(calls.c.id).where(calls.c.id == call, of_project(scope.project))
    if scope.people is not None:
        query = query.where(involves(calls.c.id, scope.people))
    with engine.connect().execution_options(reads=True) as connection:
        return connection.execute(query).first() is not None
