"""Reads the journal: lists of calls, and one call in full. Statuses that depend on other calls are computed here.

``repeat call`` and ``proper`` are answered calls; `routing.journal.status` defines them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, case, exists, literal, or_, select

from routing.journal import utterances
from routing.journal.queues import QueueWait, queue_of
from routing.journal.record import CallRecord, LegRecord, StepRecord
from routing.journal.schema import calls, legs, steps
from routing.journal.status import DERIVED, QUALIFIED_SECONDS, REPEAT_SECONDS
from routing.model.rating import SCORES

#: Filters by rating: a score, any score, asked and no score.
RATINGS = (*map(str, SCORES), "rated", "silent")


@dataclass(frozen=True)
class CallFilter:
    """Filters of calls; empty ones match all. ``since`` and ``until``: seconds since the epoch, of the call's
    beginning.

    ``caller`` and ``number``: the beginning of a number; ``scheme``: any that the call passed through; ``tag``: one of
    its labels; ``node``: the node that carried it; ``rating``: one of `RATINGS`.
    """

    since: float = 0.0
    until: float = 0.0
    number: str = ""
    caller: str = ""
    person: str = ""
    scheme: str = ""
    tag: str = ""
    node: str = ""
    rating: str = ""
    status: str = ""
    direction: str = ""
    limit: int = 0


def find(engine: Engine, criteria: CallFilter) -> Iterator[dict[str, Any]]:
    """The calls' rows by column name, newest first, with the computed ``status``."""
    query = _query(criteria).order_by(calls.c.started.desc(), calls.c.id)
    if criteria.limit:
        query = query.limit(criteria.limit)
    with engine.connect().execution_options(reads=True) as connection:
        for row in connection.execution_options(yield_per=1000).execute(query).mappings():
            yield _plain(dict(row))


@dataclass(frozen=True)
class StepTime:
    """When a call was in a step, seconds since the epoch, and for how long."""

    started: float
    took_s: float


def first_steps(engine: Engine, kind: str, scheme: str, criteria: CallFilter) -> dict[str, StepTime]:
    """The first step of a kind that each of the calls executed in a scheme, by the call's id."""
    columns = steps.c.call, steps.c.started, steps.c.took_s
    query = select(*columns).join(calls, calls.c.id == steps.c.call).order_by(steps.c.n.desc())
    for condition in (steps.c.kind == kind, steps.c.scheme == scheme, *_conditions(criteria)):
        query = query.where(condition)
    with engine.connect().execution_options(reads=True) as connection:
        return {id_: StepTime(started, took_s) for id_, started, took_s in connection.execute(query)}


def queue_waits(engine: Engine, criteria: CallFilter) -> Iterator[QueueWait]:
    """Every wait of these calls in a queue."""
    columns = steps.c.inputs, steps.c.took_s, steps.c.result
    query = select(*columns).join(calls, calls.c.id == steps.c.call).where(steps.c.kind == "queue")
    for condition in _conditions(criteria):
        query = query.where(condition)
    with engine.connect().execution_options(reads=True) as connection:
        for inputs, took_s, result in connection.execution_options(yield_per=1000).execute(query):
            yield QueueWait(queue_of(inputs), took_s, result)


def call(engine: Engine, start: str) -> list[CallRecord]:
    """The full records of calls whose id begins with ``start``, at most two: two mean that ``start`` is ambiguous."""
    escaped = start.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return _records(engine, calls.c.id.like(f"{escaped}%", escape="\\"))


def whole_call(engine: Engine, id_: str) -> CallRecord | None:
    """The full record of the call with this id."""
    return next(iter(_records(engine, calls.c.id == id_)), None)


def _records(engine: Engine, condition: ColumnElement[bool]) -> list[CallRecord]:
    query = select(calls, computed_status().label("shown")).where(condition).limit(2)
    with engine.connect().execution_options(reads=True) as connection:
        rows = [_plain(dict(row)) for row in connection.execute(query).mappings()]
        return [_whole(row, _parts(connection, row["id"])) for row in rows]


def _parts(connection: Connection, id_: str) -> dict[str, tuple[Any, ...]]:
    """What belongs to a call, by field of its record."""
    step_rows = connection.execute(select(steps).where(steps.c.call == id_).order_by(steps.c.n)).mappings()
    leg_rows = connection.execute(select(legs).where(legs.c.call == id_).order_by(legs.c.n)).mappings()
    return {
        "steps": tuple(
            StepRecord(**{name: value for name, value in row.items() if name != "call"}) for row in step_rows
        ),
        "legs": tuple(
            LegRecord(**{name: value for name, value in row.items() if name not in ("call", "n")}) for row in leg_rows
        ),
        "utterances": utterances.of_calls(connection, [id_]).get(id_, ()),
    }


def _whole(row: dict[str, Any], parts: dict[str, tuple[Any, ...]]) -> CallRecord:
    facts = {name: value for name, value in row.items() if name not in ("scheme", "remembered", "notified", "sealed")}
    lists = {name: tuple(row[name]) for name in ("schemes", "notify", "tags")}
    return CallRecord(**(facts | lists | parts))


def as_json(whole: CallRecord) -> dict[str, Any]:
    """A call record as plain data."""
    return asdict(whole) | {"entities": dict(whole.entities), "source": dict(whole.source)}


def _query(criteria: CallFilter) -> Select[Any]:
    query = select(calls, computed_status().label("shown"))
    for condition in _conditions(criteria):
        query = query.where(condition)
    return query


def _conditions(criteria: CallFilter) -> Iterator[ColumnElement[bool]]:
    if criteria.since:
        yield calls.c.started >= criteria.since
    if criteria.until:
        yield calls.c.started < criteria.until
    if criteria.number:
        yield calls.c.number.startswith(criteria.number, autoescape=True)
    if criteria.caller:
        begin = criteria.caller
        columns = (calls.c.client, calls.c.caller)
        yield or_(*(column.startswith(begin, autoescape=True) for column in columns))
    if criteria.person:
        yield calls.c.person == criteria.person
    if criteria.scheme:
        yield _is_word(calls.c.schemes, criteria.scheme)
    if criteria.tag:
        yield _is_word(calls.c.tags, criteria.tag)
    if criteria.node:
        yield calls.c.node == criteria.node
    if criteria.rating:
        yield rated(criteria.rating)
    if criteria.status:
        yield (computed_status() if criteria.status in DERIVED else calls.c.status) == criteria.status
    if criteria.direction:
        yield calls.c.direction == criteria.direction


def rated(rating: str) -> ColumnElement[bool]:
    """The calls with one of `RATINGS`."""
    score = calls.c.rating
    is_so = score == int(rating) if rating.isdigit() else score > 0 if rating == "rated" else score == 0
    return and_(calls.c.rating_requested > 0, is_so)


def _is_word(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether a column of words, separated by spaces, has this word."""
    return (literal(" ") + column + " ").contains(f" {word} ", autoescape=True)


def computed_status() -> ColumnElement[str]:
    """The computed status: an answered call with a client may be ``repeat call`` or ``proper``."""
    before = calls.alias("before")
    talked_before = exists().where(
        before.c.client == calls.c.client,
        before.c.bridged > 0,
        before.c.bridged < calls.c.started,
        before.c.bridged >= calls.c.started - REPEAT_SECONDS,
    )
    answered = and_(calls.c.status == "answered", calls.c.client != "", calls.c.direction == "in")
    return case(
        (and_(answered, talked_before), "repeat call"),
        (and_(answered, calls.c.talk_s >= QUALIFIED_SECONDS), "proper"),
        else_=calls.c.status,
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    row["status"] = row.pop("shown", row["status"])
    row.pop("to_settle")
    for name in ("schemes", "notify", "tags"):
        row[name] = row[name].split()
    del row["notify_after"], row["told"]
    for name in ("entities", "source"):
        row[name] = json.loads(row[name]) if row[name] else {}
    return row
