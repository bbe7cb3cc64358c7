"""The outbox of exports in SQL: rows are written with their call, claimed before they are sent, and kept for a while.

A row holds no fact of the call but its id: a call that is deleted or forgotten leaves no trace here. Knows nothing of
servers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.journal.exports_schema import OPEN, ExportState, exports
from routing.journal.record import CallRecord
from routing.journal.schema import calls
from routing.model.export_plan import GA4

#: The exports of a call that has just ended: the project and the name of each.
ExportsOf = Callable[[CallRecord], Iterable[tuple[str, str]]]
#: Finished rows are kept so long: a call that is recorded again, from its CDR, is not exported again.
KEPT_SECONDS = 30 * 86400.0
#: Bound of the rows of a project that wait; beyond it the oldest are given up.
MOST_WAITING = 100_000
_OPEN = text(OPEN)


@dataclass(frozen=True, slots=True)
class QueuedExport:
    """A row of the outbox."""

    call: str
    export: str
    project: str
    ended_s: float
    state: str
    send_after_s: float
    attempts: int
    problem: str
    done_s: float


def nothing(call: CallRecord) -> Sequence[tuple[str, str]]:
    """The exports of a project without any."""
    return ()


def put(connection: Connection, batch: Iterable[CallRecord], exports_of: ExportsOf) -> None:
    """Put the exports of calls into the outbox, in the transaction that records them."""
    rows = [
        {"call": call.id, "export": name, "project": project, "ended_s": call.ended, "state": ExportState.WAITING}
        for call in batch
        for project, name in exports_of(call)
    ]
    if rows:
        adding = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(adding(exports).on_conflict_do_nothing(), rows)


def forget(connection: Connection, ids: Collection[str]) -> None:
    """Remove the exports of calls that are deleted."""
    if ids:
        connection.execute(delete(exports).where(exports.c.call.in_(ids)))


def claim(engine: Engine, project: str, names: Collection[str], now: float, until_s: float) -> QueuedExport | None:
    """The oldest row of these exports that may be sent now, marked as being sent until a time; None for none.

    The mark is committed before anything is sent: whoever finds it later knows that the server may have the event.
    """
    for name in names:
        ready = [*_of(project), exports.c.export == name, exports.c.send_after_s <= now]
        if name.startswith(GA4):  # one that was being sent is never sent again
            ready.append(exports.c.state == ExportState.WAITING)
        query = select(exports).where(*ready).order_by(exports.c.ended_s).limit(20)
        with engine.connect().execution_options(reads=True) as connection:
            found = connection.execute(query).all()
        for row in found:
            values = {"state": ExportState.SENDING, "send_after_s": until_s, "attempts": row.attempts + 1}
            with engine.begin() as connection:
                if connection.execute(update(exports).where(_is(row), *ready).values(values)).rowcount:
                    return QueuedExport(**{**row._mapping, **values})
    return None


def give_up_unknown(engine: Engine, project: str, now: float) -> int:
    """Finish events for Google whose sender has died between the mark and the answer: sent again they might count
    twice. Returns how many."""
    begun = exports.c.state == ExportState.SENDING, exports.c.export.startswith(GA4)
    with engine.begin() as connection:
        lost = update(exports).where(*_of(project), exports.c.send_after_s <= now, *begun)
        return connection.execute(lost.values(_final(ExportState.UNKNOWN, "its sender died", now))).rowcount


def give_up_stale(engine: Engine, project: str, before_s: float, now: float) -> int:
    """Finish rows of calls that ended before a time, those of exports that there are no more too; returns how many."""
    stale = update(exports).where(*_of(project), exports.c.ended_s < before_s, exports.c.state == ExportState.WAITING)
    with engine.begin() as connection:
        return connection.execute(stale.values(_final(ExportState.EXPIRED, exports.c.problem, now))).rowcount


def give_up_excess(engine: Engine, project: str, now: float) -> int:
    """Finish the oldest rows beyond the bound of the queue; returns how many."""
    waits = (*_of(project), exports.c.state == ExportState.WAITING)
    beyond = select(exports.c.ended_s).where(*waits).order_by(exports.c.ended_s.desc()).offset(MOST_WAITING).limit(1)
    with engine.connect().execution_options(reads=True) as connection:
        last_s = connection.scalar(beyond)
    if last_s is None:
        return 0
    final = _final(ExportState.EXPIRED, f"more than {MOST_WAITING} wait", now)
    with engine.begin() as connection:
        return connection.execute(update(exports).where(*waits, exports.c.ended_s <= last_s).values(final)).rowcount


def finish(engine: Engine, row: QueuedExport, state: ExportState, problem: str, now: float) -> None:
    """A row has come to its end."""
    _set(engine, row, _final(state, problem, now))


def put_off(engine: Engine, row: QueuedExport, until_s: float, problem: str, is_tried: bool = True) -> None:
    """A row waits again, because the server certainly does not have it."""
    attempts = row.attempts if is_tried else row.attempts - 1
    values = {"state": ExportState.WAITING, "send_after_s": until_s, "attempts": attempts}
    _set(engine, row, values | ({"problem": problem} if problem else {}))


def prune(engine: Engine, now: float) -> int:
    """Remove rows that were finished long ago; returns how many."""
    with engine.begin() as connection:
        old = delete(exports).where(exports.c.done_s > 0, exports.c.done_s < now - KEPT_SECONDS)
        return connection.execute(old).rowcount


@dataclass(frozen=True, slots=True)
class OutboxSpan:
    """Rows that are not finished, and when the oldest one's call ended; 0 without one."""

    waiting: int = 0
    oldest_s: float = 0.0


def waiting(engine: Engine, project: str) -> OutboxSpan:
    """How the outbox stands."""
    query = select(func.count(), func.min(exports.c.ended_s)).select_from(exports).where(*_of(project))
    with engine.connect().execution_options(reads=True) as connection:
        count, oldest_s = connection.execute(query).one()
    return OutboxSpan(count, oldest_s or 0.0)


def listed(
    engine: Engine, project: str, most: int, export: str = "", call_begins: str = "", states: Collection[str] = ()
) -> list[QueuedExport]:
    """Rows, the newest calls first; without states all of them."""
    query = select(exports).where(_of_project(project))
    if export:
        query = query.where(exports.c.export == export)
    if call_begins:
        query = query.where(exports.c.call.startswith(call_begins, autoescape=True))
    if states:
        query = query.where(exports.c.state.in_(states))
    query = query.order_by(exports.c.ended_s.desc(), exports.c.call, exports.c.export).limit(most)
    with engine.connect().execution_options(reads=True) as connection:
        return [QueuedExport(**row._mapping) for row in connection.execute(query)]


def counted(engine: Engine, project: str) -> Mapping[tuple[str, str], int]:
    """The number of rows by export and state."""
    query = select(exports.c.export, exports.c.state, func.count()).where(_of_project(project))
    with engine.connect().execution_options(reads=True) as connection:
        rows = connection.execute(query.group_by(exports.c.export, exports.c.state)).all()
    return {(export, state): count for export, state, count in rows}


def send_again(engine: Engine, row: QueuedExport, now: float) -> bool:
    """A person lets a row be sent again; False for one that is being sent or was accepted."""
    final = exports.c.state.not_in([ExportState.SENDING, ExportState.SENT])
    values = {"state": ExportState.WAITING, "send_after_s": now, "done_s": 0.0}
    with engine.begin() as connection:
        return bool(connection.execute(update(exports).where(_is(row), final).values(values)).rowcount)


def discard(engine: Engine, row: QueuedExport, now: float) -> bool:
    """A person takes a row that waits out of the outbox; False for another one."""
    final = _final(ExportState.DISCARDED, row.problem, now)
    with engine.begin() as connection:
        waits = update(exports).where(_is(row), exports.c.state == ExportState.WAITING)
        return bool(connection.execute(waits.values(final)).rowcount)


def is_first(engine: Engine, call: CallRecord) -> bool:
    """Whether the journal knows no earlier call with a call's client."""
    before = (calls.c.client == call.client, calls.c.project == call.project, calls.c.started < call.started)
    with engine.connect().execution_options(reads=True) as connection:
        return not call.client or connection.execute(select(calls.c.id).where(*before).limit(1)).first() is None


def _final(state: ExportState, problem: Any, now: float) -> dict[str, Any]:
    return {"state": state, "problem": problem, "done_s": now, "send_after_s": 0.0}


def _set(engine: Engine, row: QueuedExport, values: Mapping[str, Any]) -> None:
    """Change a row as long as it is this sender's: a lease that has run out may be another one's."""
    mine = exports.c.state == ExportState.SENDING, exports.c.send_after_s == row.send_after_s
    with engine.begin() as connection:
        connection.execute(update(exports).where(_is(row), *mine).values(**values))


def _is(row: Any) -> ColumnElement[bool]:
    return and_(exports.c.call == row.call, exports.c.export == row.export)


def _of_project(project: str) -> ColumnElement[bool]:
    return exports.c.project == project


def _of(project: str) -> tuple[ColumnElement[bool], Any]:
    return _of_project(project), _OPEN
