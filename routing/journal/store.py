"""Calls into SQL: each exactly once, whoever records it and however often.

A call is inserted or it is there already; nothing that was recorded is overwritten by a poorer telling of it. Only a
B-leg that came late adds to a call (`amend`). Knows nothing of files and of Redis.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.journal.record import Call, Leg, Step
from routing.journal.schema import calls, legs, steps

#: Calls deleted in one transaction, so that nobody waits long for it.
DELETED_AT_ONCE = 500
_STEP = tuple(field.name for field in fields(Step))
_LEG = tuple(field.name for field in fields(Leg))
_ELSEWHERE = ("schemes", "entities", "source", "notify", "steps", "legs")
_CALL = tuple(field.name for field in fields(Call) if field.name not in _ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Due:
    """A call in the outbox: ``client`` and ``person`` talked for ``talk_s`` seconds, unless one of them is empty."""

    call: str
    project: str
    direction: str
    client: str
    person: str
    number: str
    ended: float
    talk_s: float


def record(engine: Engine, batch: Sequence[Call]) -> int:
    """Record calls in one transaction; returns how many were new. Raises SQLAlchemyError with nothing recorded."""
    batch = sorted(batch, key=lambda call: call.id)  # in one order, or two workers could wait for each other
    with engine.begin() as connection:
        query = _inserting(connection, calls).returning(calls.c.id)
        new = set(connection.scalars(query, [_call_row(call) for call in batch]))
        fresh = [call for call in batch if call.id in new]
        _insert(connection, steps, [_row(step, _STEP) | {"call": call.id} for call in fresh for step in call.steps])
        leg_rows = [
            _row(leg, _LEG) | {"call": call.id, "n": n} for call in fresh for n, leg in enumerate(call.legs)
        ]  # fmt: skip
        _insert(connection, legs, leg_rows)
    return len(new)


def amend(engine: Engine, found: Mapping[str, tuple[str, Leg]]) -> set[str]:
    """Add B-legs that came after their calls were recorded: leg id -> (call, leg). Returns the ids that have one."""
    if not found:
        return set()
    with engine.begin() as connection:
        wanted = {call for call, _ in found.values()}
        here = set(connection.scalars(select(calls.c.id).where(calls.c.id.in_(wanted))))
        for call, leg in (each for each in found.values() if each[0] in here):
            _add(connection, call, leg)
    return {leg for leg, (call, _) in found.items() if call in here}


def _add(connection: Connection, call: str, leg: Leg) -> None:
    """The leg's own telling replaces what the A-leg knew of it; a talk gets its person."""
    known = connection.execute(
        select(legs.c.n, legs.c.step, legs.c.target, legs.c.started).where(legs.c.call == call, legs.c.id == leg.id)
    ).first()
    row = _row(leg, _LEG) | {"call": call}
    if known is None:
        _insert(connection, legs, [row | {"n": 999}])
    elif not known.started:
        keep = {"step": known.step or leg.step, "target": known.target or leg.target}
        connection.execute(update(legs).where(legs.c.call == call, legs.c.id == leg.id).values(row | keep))
    if leg.talk_s:
        talked = {"target": leg.target, "person": leg.person}
        connection.execute(update(calls).where(calls.c.id == call, calls.c.target == "").values(talked))


def due(engine: Engine, most: int) -> list[Due]:
    """The oldest calls that are not remembered yet, those without a talk too."""
    columns = (calls.c.id, calls.c.project, calls.c.direction, calls.c.client, calls.c.person, calls.c.number,
               calls.c.ended, calls.c.talk_s)  # fmt: skip
    query = select(*columns).where(text("NOT remembered")).order_by(calls.c.ended).limit(most)
    with engine.connect().execution_options(reads=True) as connection:
        return [Due(*row) for row in connection.execute(query)]


def remembered(engine: Engine, ids: Iterable[str]) -> None:
    """Take calls out of the outbox."""
    rows = [{"one": id_} for id_ in ids]
    if rows:
        with engine.begin() as connection:
            connection.execute(update(calls).where(calls.c.id == bindparam("one")).values(remembered=True), rows)


def oldest(engine: Engine, before: float) -> list[tuple[str, tuple[str, ...]]]:
    """(id, paths of its sound files) of the oldest calls that began before a time, `DELETED_AT_ONCE` at most."""
    query = select(calls.c.id, calls.c.recording, calls.c.voicemail).where(calls.c.started < before)
    with engine.connect().execution_options(reads=True) as connection:
        rows = connection.execute(query.order_by(calls.c.started).limit(DELETED_AT_ONCE)).all()
    return [(row.id, tuple(path for path in (row.recording, row.voicemail) if path)) for row in rows]


def forget(engine: Engine, ids: Sequence[str]) -> None:
    """Delete calls with their steps and legs."""
    with engine.begin() as connection:
        for table, column in ((legs, legs.c.call), (steps, steps.c.call), (calls, calls.c.id)):
            connection.execute(delete(table).where(column.in_(ids)))


def _inserting(connection: Connection, table: Table) -> Any:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(_inserting(connection, table), rows)


def _call_row(call: Call) -> dict[str, Any]:
    row = _row(call, _CALL)
    row["scheme"] = call.scheme
    row["schemes"] = " ".join(call.schemes)
    row["notify"] = " ".join(call.notify)
    for name, values in (("entities", call.entities), ("source", call.source)):
        row[name] = json.dumps(dict(values), ensure_ascii=False) if values else ""
    return row


def _row(fact: object, names: Iterable[str]) -> dict[str, Any]:
    """A row of a record; NUL, which PostgreSQL refuses, is left out of texts."""
    row = {name: getattr(fact, name) for name in names}
    for name, value in row.items():
        if type(value) is str and "\x00" in value:
            row[name] = value.replace("\x00", "")
    return row
