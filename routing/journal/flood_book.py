"""Floods in the journal's database: noticed, going on, ended; and whether a call was one of a flood's.

The desk shows them, and who calls missed clients back leaves out the callers of a flood.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from secrets import token_hex

from sqlalchemy import Connection, Engine, delete, func, insert, select, text, update

from routing.journal.flood_history import KNOWN_AFTER_SECONDS, long_talks
from routing.journal.floods_schema import OPEN, floods
from routing.journal.schema import calls
from routing.journal.status import FLOOD
from routing.model.flood import SPELT_NUMBERS, FloodRefusal

#: States of a flood.
REFUSED, WATCHED, FAILED = "refused", "watched", "failed"
#: So long before a flood is noticed its first calls may have come.
BEFORE_SECONDS = 120.0
#: How long ended floods are kept.
KEEP_SECONDS = 400 * 86_400.0


@dataclass(frozen=True, slots=True)
class NotedFlood:
    """A flood at a number, as `routing.journal.floods_schema` says it."""

    id: str
    project: str
    node: str
    number: str
    starts: tuple[str, ...]
    sign: str
    why: str
    state: str
    began_s: float
    until_s: float
    ended_s: float


def noted(engine: Engine, project: str, node: str, refusals: Iterable[FloodRefusal], state: str, now_s: float) -> None:
    """Write what is refused, or would be, at some numbers: one open flood for each. Raises SQLAlchemyError."""
    with engine.begin() as connection:
        known = {row.number: row for row in _open(connection, project) if row.node == node and row.until_s > now_s}
        new = []
        for refusal in refusals:
            values = {
                "starts": ",".join(refusal.starts), "sign": str(refusal.sign), "why": refusal.why, "state": state,
                "until_s": refusal.until_s,
            }  # fmt: skip
            if held := known.get(refusal.number):
                connection.execute(update(floods).where(floods.c.id == held.id).values(values))
            else:
                where = {"id": token_hex(16), "project": project, "node": node, "number": refusal.number}
                new.append({**where, **values, "began_s": now_s})
        if new:
            connection.execute(insert(floods), new)


def ended(engine: Engine, project: str, node: str, held: Collection[str], now_s: float) -> int:
    """End the floods of a node that hold no more, by their time or at no number in ``held``; returns how many."""
    with engine.begin() as connection:
        over = [
            row for row in _open(connection, project)
            if row.node == node and (row.until_s <= now_s or (row.state == REFUSED and row.number not in held))
        ]  # fmt: skip
        for row in over:
            at_s = min(now_s, row.until_s)
            connection.execute(update(floods).where(floods.c.id == row.id).values(ended_s=at_s))
        connection.execute(delete(floods).where(floods.c.ended_s > 0, floods.c.ended_s < now_s - KEEP_SECONDS))
    return len(over)


def standing(engine: Engine, project: str, now_s: float) -> list[NotedFlood]:
    """What holds now, the last one first. Raises SQLAlchemyError."""
    with engine.connect().execution_options(reads=True) as connection:
        found = [row for row in _open(connection, project) if row.until_s > now_s]
    return sorted(found, key=lambda row: (-row.began_s, row.number))


def refused_calls(engine: Engine, numbers: Collection[str], since_s: float) -> dict[str, int]:
    """Number -> how many of its calls were refused as a flood since a time."""
    query = (
        select(calls.c.number, func.count())
        .where(calls.c.status == FLOOD, calls.c.number.in_(numbers), calls.c.started >= since_s)
        .group_by(calls.c.number)
    )
    with engine.connect().execution_options(reads=True) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def forget(engine: Engine, project: str, client: str) -> None:
    """Leave only the beginning of a client's number (E.164) in the floods of a project: their block."""
    digits = client.removeprefix("+")
    query = select(floods.c.id, floods.c.starts).where(floods.c.project == project, floods.c.starts.contains(digits))
    with engine.begin() as connection:
        for row in connection.execute(query).all():
            kept = dict.fromkeys(digits[:-3] if start == digits else start for start in row.starts.split(","))
            connection.execute(update(floods).where(floods.c.id == row.id).values(starts=",".join(kept)))


def is_of_flood(engine: Engine, project: str, number: str, client: str, started_s: float) -> bool:
    """Whether a call came with a flood at its number, refused or only watched, and its caller was not known."""
    query = select(floods.c.starts).where(
        floods.c.project == project,
        floods.c.number == number,
        floods.c.began_s <= started_s + BEFORE_SECONDS,
        floods.c.until_s >= started_s,
        (floods.c.ended_s == 0) | (floods.c.ended_s >= started_s),
    )
    digits = client.removeprefix("+")
    with engine.connect().execution_options(reads=True) as connection:
        found = [row.starts.split(",") for row in connection.execute(query)]
        concerned = any(digits.startswith(tuple(starts)) for starts in found)
        return concerned and not _is_known(connection, client, started_s)


def _is_known(connection: Connection, client: str, at_s: float) -> bool:
    if client in SPELT_NUMBERS:
        return False
    talked = select(calls.c.id).where(calls.c.client == client, *long_talks(at_s - KNOWN_AFTER_SECONDS))
    return connection.execute(talked.limit(1)).first() is not None


def _open(connection: Connection, project: str) -> Sequence[NotedFlood]:
    query = select(floods).where(floods.c.project == project, text(OPEN))
    return [
        NotedFlood(**{**row, "starts": tuple(row["starts"].split(","))}) for row in connection.execute(query).mappings()
    ]
