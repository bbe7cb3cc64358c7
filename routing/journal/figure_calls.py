"""Reads the calls of an hour as reports count them: with the people they rang, their queues, who reached the client."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from routing.journal.figures import REACHED_SECONDS, CountedCall, source_name
from routing.journal.query import computed_status
from routing.journal.queues import QueueWait, queue_of
from routing.journal.schema import calls, legs, steps
from routing.journal.status import MISSED

_COLUMNS = (
    calls.c.id, calls.c.direction, calls.c.status, calls.c.number, calls.c.schemes, calls.c.source, calls.c.person,
    calls.c.wait_s, calls.c.talk_s, calls.c.bridged, calls.c.started, calls.c.ended, calls.c.client,
    calls.c.rating, calls.c.rating_requested, calls.c.rated_person,
)  # fmt: skip


def counted_calls(connection: Connection, projects: Sequence[str], begin: float, end: float) -> list[CountedCall]:
    """The calls that began in a time."""
    ours = calls.c.project.in_(projects), calls.c.started >= begin, calls.c.started < end
    rows = connection.execute(select(*_COLUMNS, computed_status().label("shown")).where(*ours)).mappings().all()
    rang, waits, reached = _rang(connection, ours), _waits(connection, ours), _reached(connection, ours, projects)
    return [
        CountedCall(
            row["direction"], row["status"], row["shown"], row["number"], tuple(row["schemes"].split()),
            _source(row["source"]), row["person"], row["wait_s"], row["talk_s"], row["bridged"] > 0,
            rang[row["id"]], rang[row["id"]] | ({row["person"]} - {""}), reached.get(row["id"]),
            tuple(waits[row["id"]]), row["rating_requested"] > 0, row["rating"], row["rated_person"],
        )
        for row in rows
    ]  # fmt: skip


def _rang(connection: Connection, ours: Sequence[ColumnElement[bool]]) -> Mapping[str, frozenset[str]]:
    query = select(legs.c.call, legs.c.person).join(calls, calls.c.id == legs.c.call)
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for call, person in connection.execute(query.where(*ours, legs.c.person != "")):
        found[call] |= {person}
    return found


def _waits(connection: Connection, ours: Sequence[ColumnElement[bool]]) -> Mapping[str, list[QueueWait]]:
    query = select(steps.c.call, steps.c.inputs, steps.c.took_s, steps.c.result).join(calls, calls.c.id == steps.c.call)
    found: dict[str, list[QueueWait]] = defaultdict(list)
    for call, inputs, took_s, result in connection.execute(query.where(*ours, steps.c.kind == "queue")):
        found[call].append(QueueWait(queue_of(inputs), took_s, result))
    return found


def _reached(
    connection: Connection, ours: Sequence[ColumnElement[bool]], projects: Sequence[str]
) -> Mapping[str, tuple[str, float]]:
    """Who talked with the client of a missed call next, and how many seconds after it ended."""
    talk = calls.alias("talk")
    query = select(calls.c.id, calls.c.ended, talk.c.bridged, talk.c.person).where(
        *ours, calls.c.direction == "in", calls.c.status.in_(MISSED), calls.c.client != "",
        talk.c.client == calls.c.client, talk.c.project.in_(projects), talk.c.bridged > calls.c.started,
        talk.c.bridged <= calls.c.ended + REACHED_SECONDS,
    ).order_by(calls.c.id, talk.c.bridged, talk.c.id)  # fmt: skip
    found: dict[str, tuple[str, float]] = {}
    for call, ended, bridged, person in connection.execute(query):
        found.setdefault(call, (person, max(bridged - ended, 0.0)))
    return found


def _source(text: str) -> str:
    """The name of a visit's source; what is no JSON object has none."""
    try:
        source: Any = json.loads(text) if text else {}
    except ValueError:
        return ""
    return source_name({key: str(value) for key, value in source.items()}) if isinstance(source, dict) else ""
