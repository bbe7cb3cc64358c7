"""Which calls are old, and the paths of their sounds that are still there. Reads the journal only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, case, func, or_, select

from routing.journal import utterances
from routing.journal.schema import calls

#: Calls whose utterances are looked for at once.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ExpiredCall:
    """A call to delete, and the paths of its sound files."""

    call: str
    started: float
    sounds: tuple[str, ...]


def kept_paths() -> tuple[ColumnElement[str], ColumnElement[str]]:
    """The paths of a call's sounds that were not deleted before the call: `recording` and `voicemail`."""
    recording = case((calls.c.recording_gone == 0, calls.c.recording), else_="").label("recording")
    return recording, case((calls.c.voicemail_gone == 0, calls.c.voicemail), else_="").label("voicemail")


@dataclass(frozen=True, slots=True)
class JournalSpan:
    """The number of calls, and the time of the oldest one."""

    count: int
    oldest: float


def oldest(engine: Engine, before: float, after: tuple[float, str], most: int) -> list[ExpiredCall]:
    """The oldest calls that began before a time, after a position in their order: (began, id)."""
    place = or_(calls.c.started > after[0], and_(calls.c.started == after[0], calls.c.id > after[1]))
    query = select(calls.c.id, calls.c.started, *kept_paths()).where(calls.c.started < before, place)
    with engine.connect().execution_options(reads=True) as connection:
        return with_sounds(connection, connection.execute(query.order_by(calls.c.started, calls.c.id).limit(most)))


def with_sounds(connection: Connection, rows: Iterable[Row[tuple[str, float, str, str]]]) -> list[ExpiredCall]:
    """Calls of rows (id, began, and `kept_paths`), with all sounds that were not deleted."""
    some, found = list(rows), list[ExpiredCall]()
    for start in range(0, len(some), _AT_ONCE):
        part = some[start : start + _AT_ONCE]
        spoken = utterances.kept_paths(connection, [row.id for row in part])
        for row in part:
            sounds = (*filter(None, (row.recording, row.voicemail)), *spoken.get(row.id, ()))
            found.append(ExpiredCall(row.id, row.started, sounds))
    return found


def span(engine: Engine) -> JournalSpan:
    """The span of the journal."""
    with engine.connect().execution_options(reads=True) as connection:
        count, began = connection.execute(select(func.count(), func.min(calls.c.started)).select_from(calls)).one()
    return JournalSpan(count, began or 0.0)


def is_any(engine: Engine, since: float, until: float) -> bool:
    """Whether a call began between two times."""
    query = select(calls.c.id).where(calls.c.started >= since, calls.c.started < until).limit(1)
    with engine.connect().execution_options(reads=True) as connection:
        return connection.execute(query).first() is not None
