"""Which calls have sounds that are too old, and the note that a sound was deleted while its call is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Engine, and_, bindparam, or_, select, text, update

from routing.journal import expired
from routing.journal.rows import INDEXED_LETTERS, storable
from routing.journal.schema import TO_SEAL, WITH_SOUNDS, calls
from routing.journal.status import UNFINISHED
from routing.model.keeping import RECORDINGS, VOICEMAILS

#: Why a sound is gone that grew too old.
RETENTION = "retention"
#: Kind -> the column of its path, and that of the time at which it was deleted.
COLUMNS: Mapping[str, tuple[Column[str], Column[float]]] = {
    RECORDINGS: (calls.c.recording, calls.c.recording_gone),
    VOICEMAILS: (calls.c.voicemail, calls.c.voicemail_gone),
}


@dataclass(frozen=True, slots=True)
class KeptSound:
    """A sound of a call: its path on the node."""

    call: str
    started: float
    path: str


def is_there(kind: str) -> ColumnElement[bool]:
    """A call has a sound of this kind that nobody has deleted."""
    path, gone = COLUMNS[kind]
    return and_(path != "", gone == 0)


def oldest(engine: Engine, kind: str, before: float, after: tuple[float, str], most: int) -> list[KeptSound]:
    """The oldest sounds of calls that began before a time, after a position in their order: (began, id)."""
    place = or_(calls.c.started > after[0], and_(calls.c.started == after[0], calls.c.id > after[1]))
    query = select(calls.c.id, calls.c.started, COLUMNS[kind][0]).where(
        text(f"({WITH_SOUNDS})"), is_there(kind), calls.c.started < before, place
    )
    with engine.connect().execution_options(reads=True) as connection:
        rows = connection.execute(query.order_by(calls.c.started, calls.c.id).limit(most)).all()
    return [KeptSound(*row) for row in rows]


def to_seal(engine: Engine, before: float, after: tuple[float, str], most: int) -> list[expired.ExpiredCall]:
    """The oldest calls that ended before a time and whose sounds are not encrypted, after a position in their order."""
    place = or_(calls.c.started > after[0], and_(calls.c.started == after[0], calls.c.id > after[1]))
    columns = calls.c.id, calls.c.started, *expired.kept_paths()
    query = select(*columns).where(text(f"({TO_SEAL})"), calls.c.ended < before, calls.c.status != UNFINISHED, place)
    with engine.connect().execution_options(reads=True) as connection:
        rows = connection.execute(query.order_by(calls.c.started, calls.c.id).limit(most)).all()
    return [
        expired.ExpiredCall(row.id, row.started, tuple(filter(None, (row.recording, row.voicemail)))) for row in rows
    ]


def note_sealed(engine: Engine, ids: Sequence[str]) -> None:
    """The sounds of these calls are encrypted."""
    if ids:
        query = update(calls).where(calls.c.id == bindparam("one")).values(sealed=True)
        with engine.begin() as connection:
            connection.execute(query, [{"one": each} for each in sorted(ids)])


def named_by(engine: Engine, kind: str, paths: Sequence[str]) -> list[str]:
    """The ids of all calls with one of these sounds that nobody has deleted: calls of one room have one file."""
    column, gone = COLUMNS[kind]
    with engine.connect().execution_options(reads=True) as connection:
        return sorted(connection.scalars(select(calls.c.id).where(column.in_(paths), gone == 0)))


def note_gone(engine: Engine, kind: str, ids: Sequence[str], now: float, why: str) -> None:
    """The sounds of these calls are deleted."""
    if not ids:
        return
    gone = COLUMNS[kind][1]
    query = update(calls).where(calls.c.id == bindparam("one"), gone == 0)
    values = {gone.name: now, "gone_why": storable(why, INDEXED_LETTERS)}
    with engine.begin() as connection:
        connection.execute(query.values(values), [{"one": each} for each in sorted(ids)])
