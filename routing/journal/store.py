"""Writes calls to SQL, each exactly once however often and by whichever worker it is recorded.

A call is inserted unless it exists; a recorded call is not overwritten. Only a late B-leg adds to a call (`amend`), and
a call's CDR replaces its `unfinished` record. Knows nothing of files and of Redis.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from routing.journal import exports
from routing.journal.figure_marks import keep_older, mark, mark_forgotten
from routing.journal.involved import involved_rows, mark_rows
from routing.journal.record import CallRecord, LegRecord, StepRecord
from routing.journal.rows import MOST_LETTERS, row_of, storable, stored
from routing.journal.schema import calls, involved, legs, marks, steps, utterances
from routing.journal.status import UNFINISHED
from routing.journal.utterances import rows_of

#: Calls deleted in one transaction, so that it holds no lock for long.
DELETED_AT_ONCE = 500
_STEP = tuple(field.name for field in fields(StepRecord))
_LEG = tuple(field.name for field in fields(LegRecord))
_ELSEWHERE = ("schemes", "entities", "source", "notify", "tags", "steps", "legs", "utterances")
#: Directions of calls that close or make orders to call the client back (`routing.journal.settling`).
_SETTLING = ("in", "out", "callback")
_CALL = tuple(field.name for field in fields(CallRecord) if field.name not in _ELSEWHERE)


@dataclass(frozen=True, slots=True)
class OutboxCall:
    """A call in the outbox: ``client`` and ``person`` talked for ``talk_s`` seconds, unless one of them is empty."""

    call: str
    project: str
    direction: str
    client: str
    person: str
    number: str
    ended: float
    talk_s: float
    #: The path of its voicemail, or "".
    voicemail: str = ""
    box: str = ""
    #: The schemes that it passed through, separated by spaces.
    schemes: str = ""
    #: Whoever talked last with the client, where others than ``person`` have.
    last: str = ""


def record(engine: Engine, batch: Sequence[CallRecord], exports_of: exports.ExportsOf = exports.nothing) -> int:
    """Record calls and their exports in one transaction; returns how many were new. After SQLAlchemyError none is."""
    if not batch:
        return 0
    batch = sorted(batch, key=lambda call: call.id)  # the same order in all workers prevents a deadlock
    with engine.begin() as connection:
        _replace(connection, [call.id for call in batch if call.status != UNFINISHED])
        query = _inserting(connection, calls).returning(calls.c.id)
        new = set(connection.scalars(query, [_call_row(call) for call in batch]))
        fresh = [call for call in batch if call.id in new]
        _insert(connection, steps, [row_of(step, _STEP) | {"call": call.id} for call in fresh for step in call.steps])
        rows = [row_of(leg, _LEG) | {"call": call.id, "n": n} for call in fresh for n, leg in enumerate(call.legs)]
        _insert(connection, legs, rows)
        _insert(connection, involved, [stored(row) for call in fresh for row in involved_rows(call)])
        _insert(connection, marks, [stored(row) for call in fresh for row in mark_rows(call)])
        _insert(connection, utterances, [row for call in fresh for row in rows_of(call.id, call.utterances)])
        mark(connection, new)
        exports.put(connection, fresh, exports_of)
    return len(new)


def _replace(connection: Connection, ids: Sequence[str]) -> None:
    """Delete the unfinished records of calls whose CDR has arrived; what their callers said stays as it is."""
    poorer = select(calls.c.id).where(calls.c.id.in_(ids), calls.c.status == UNFINISHED)
    replaced = list(connection.scalars(poorer)) if ids else []
    mark(connection, replaced)
    _forget(connection, replaced)


def known(engine: Engine, ids: Sequence[str]) -> set[str]:
    """Which of these calls are recorded."""
    with engine.connect().execution_options(reads=True) as connection:
        return set(connection.scalars(select(calls.c.id).where(calls.c.id.in_(ids))))


def amend(engine: Engine, found: Mapping[str, tuple[str, LegRecord]]) -> set[str]:
    """Add late B-legs to recorded calls: leg id -> (call, leg). Returns the ids of legs whose call is recorded."""
    if not found:
        return set()
    with engine.begin() as connection:
        call_ids = {call for call, _ in found.values()}
        here = set(connection.scalars(select(calls.c.id).where(calls.c.id.in_(call_ids))))
        for call, leg in (each for each in found.values() if each[0] in here):
            _add(connection, call, leg)
        mark(connection, here)
    return {leg for leg, (call, _) in found.items() if call in here}


def go_on(engine: Engine, call: str, more: CallRecord) -> None:
    """Add to a call the later talks and the end of one of its legs that was transferred. Idempotent."""
    with engine.begin() as connection:
        rows = [row_of(leg, _LEG) | {"call": call, "n": 500 + n, "step": ""} for n, leg in enumerate(more.legs)]
        query = _inserting(connection, legs).returning(legs.c.id)
        new = set(connection.scalars(query, rows)) if rows else set()
        _insert(connection, utterances, rows_of(call, more.utterances))
        _involve(connection, call, (leg.person for leg in more.legs if leg.id in new))
        talk_s = sum(leg.talk_s for leg in more.legs if leg.id in new)
        longer = case((calls.c.ended < more.ended, more.ended), else_=calls.c.ended)
        whole, most = calls.c.talk_s + talk_s, longer - calls.c.bridged
        values: dict[str, Any] = {
            "ended": longer,
            "talk_s": case((and_(calls.c.bridged > 0, whole > most), most), else_=whole),
        }
        if more.recording:  # a client who was called has gone on, and so has the recording by their leg
            values |= {"recording": more.recording, "announced": more.announced, "masked": more.masked}
        if talk_s:
            values["to_settle"] = and_(calls.c.client != "", calls.c.direction.in_(_SETTLING))
        connection.execute(update(calls).where(calls.c.id == call).values(values))
        mark(connection, [call])


def _involve(connection: Connection, call: str, people: Iterable[str]) -> None:
    """These people are of the call too."""
    facts = connection.execute(
        select(calls.c.started, calls.c.status, calls.c.direction).where(calls.c.id == call)
    ).first()
    if facts is not None:
        rows = [{"person": person, "call": call} | facts._asdict() for person in people if person]
        _insert(connection, involved, [stored(row) for row in rows])


def _add(connection: Connection, call: str, leg: LegRecord) -> None:
    """The leg's own facts replace the A-leg's; a talk sets the call's person."""
    _involve(connection, call, [leg.person])
    known = connection.execute(
        select(legs.c.n, legs.c.step, legs.c.target, legs.c.started).where(legs.c.call == call, legs.c.id == leg.id)
    ).first()
    row = row_of(leg, _LEG) | {"call": call}
    if known is None:
        _insert(connection, legs, [row | {"n": 999}])
    elif not known.started:
        keep = {"step": known.step or leg.step, "target": known.target or leg.target}
        connection.execute(update(legs).where(legs.c.call == call, legs.c.id == leg.id).values(row | keep))
    if leg.talk_s:
        talked = {"target": leg.target, "person": leg.person}
        connection.execute(update(calls).where(calls.c.id == call, calls.c.target == "").values(talked))
        settles = (calls.c.id == call, calls.c.client != "", calls.c.direction.in_(_SETTLING))
        connection.execute(update(calls).where(*settles).values(to_settle=True))


#: The person who talked last; the first leg of a call that a person has made is the client's.
_LAST = func.coalesce(
    select(legs.c.person)
    .where(legs.c.call == calls.c.id, legs.c.talk_s > 0, legs.c.person != "")
    .where(or_(calls.c.direction != "out", legs.c.n > 0))
    .order_by((legs.c.started + legs.c.rang_s + legs.c.talk_s).desc())
    .limit(1)
    .scalar_subquery(),
    "",
)


def due(engine: Engine, most: int) -> list[OutboxCall]:
    """The oldest calls in the outbox, including those without a talk."""
    columns = (calls.c.id, calls.c.project, calls.c.direction, calls.c.client, calls.c.person, calls.c.number,
               calls.c.ended, calls.c.talk_s, calls.c.voicemail, calls.c.box,
               calls.c.schemes, _LAST)  # fmt: skip
    query = select(*columns).where(text("NOT remembered")).order_by(calls.c.ended).limit(most)
    with engine.connect().execution_options(reads=True) as connection:
        return [OutboxCall(*row) for row in connection.execute(query)]


def remembered(engine: Engine, ids: Iterable[str]) -> None:
    """Take calls out of the outbox."""
    rows = [{"one": id_} for id_ in ids]
    if rows:
        with engine.begin() as connection:
            connection.execute(update(calls).where(calls.c.id == bindparam("one")).values(remembered=True), rows)


def forget(engine: Engine, ids: Sequence[str]) -> None:
    """Delete calls with all that is kept of them; prepared figures lose them too."""
    with engine.begin() as connection:
        mark_forgotten(connection, ids)
        exports.forget(connection, ids)
        _forget(connection, ids, utterances)


def forget_old(engine: Engine, ids: Sequence[str]) -> None:
    """Delete calls because they are old; prepared figures keep them."""
    with engine.begin() as connection:
        keep_older(connection, ids)
        exports.forget(connection, ids)
        _forget(connection, ids, utterances)


def _forget(connection: Connection, ids: Sequence[str], *others: Table) -> None:
    if ids:
        for table in (legs, steps, involved, marks, *others):
            connection.execute(delete(table).where(table.c.call.in_(ids)))
        connection.execute(delete(calls).where(calls.c.id.in_(ids)))


def _inserting(connection: Connection, table: Table) -> Any:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(_inserting(connection, table), rows)


def _call_row(call: CallRecord) -> dict[str, Any]:
    row = row_of(call, _CALL)
    row["to_settle"] = bool(call.client) and call.direction in _SETTLING and call.status != UNFINISHED
    row["scheme"] = storable(call.scheme, MOST_LETTERS)
    for name, texts in (("schemes", call.schemes), ("notify", call.notify), ("tags", call.tags)):
        row[name] = storable(" ".join(texts), MOST_LETTERS)
    for name, values in (("entities", call.entities), ("source", call.source)):
        row[name] = json.dumps(dict(values), ensure_ascii=False) if values else ""
    return row
