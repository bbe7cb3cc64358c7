"""The outbox of calls that orders to call clients back still have to hear of: a talk closes an order, a missed call
makes one. Knows nothing of orders.

A call leaves it after whoever settles has committed; until then it is handed out again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, bindparam, select, text, update

from routing.journal.schema import calls

#: The condition of the partial index.
TO_SETTLE = text("to_settle")


@dataclass(frozen=True, slots=True)
class SettlingCall:
    """A recorded call with an outside party. ``talked_until``: the end of its talk in seconds since the epoch, 0
    without one; ``release``: the name of the release that carried it."""

    id: str
    project: str
    direction: str
    client: str
    number: str
    schemes: tuple[str, ...]
    release: str
    status: str
    started: float
    ended: float
    talked_until: float
    entities: Mapping[str, str]
    source: Mapping[str, str]


_COLUMNS = (
    calls.c.id, calls.c.project, calls.c.direction, calls.c.client, calls.c.number, calls.c.schemes, calls.c.release,
    calls.c.status, calls.c.started, calls.c.ended, calls.c.bridged, calls.c.talk_s, calls.c.entities, calls.c.source,
)  # fmt: skip


def unsettled(engine: Engine, most: int) -> list[SettlingCall]:
    """The oldest calls in the outbox."""
    query = select(*_COLUMNS).where(TO_SETTLE).order_by(calls.c.ended, calls.c.id).limit(most)
    with engine.connect().execution_options(reads=True) as connection:
        return [_call(row._mapping) for row in connection.execute(query)]


def settled(engine: Engine, ids: Iterable[str]) -> None:
    """Take calls out of the outbox."""
    rows = [{"one": id_} for id_ in ids]
    if rows:
        with engine.begin() as connection:
            connection.execute(update(calls).where(calls.c.id == bindparam("one")).values(to_settle=False), rows)


def has_talked_since(engine: Engine, project: str, client: str, since: float) -> bool:
    """Whether somebody has talked with a client, in or out, in a call that began at or after a time."""
    theirs = (calls.c.client == client, calls.c.project == project, calls.c.talk_s > 0, calls.c.bridged >= since)
    with engine.connect().execution_options(reads=True) as connection:
        return connection.execute(select(calls.c.id).where(*theirs).limit(1)).first() is not None


def _call(row: Mapping[Any, Any]) -> SettlingCall:
    same = ("id", "project", "direction", "client", "number", "release", "status", "started", "ended")
    return SettlingCall(
        **{name: row[name] for name in same},
        schemes=tuple(row["schemes"].split()),
        talked_until=row["bridged"] + row["talk_s"] if row["talk_s"] else 0.0,
        entities=json.loads(row["entities"] or "{}"),
        source=json.loads(row["source"] or "{}"),
    )
