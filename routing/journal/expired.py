"""Which calls are old, and the paths of their sounds that are still there. Reads the journal only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, and_, case, func, or_, select

from routing.journal.schema import calls


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
        rows = connection.execute(query.order_by(calls.c.started, calls.c.id).limit(most)).all()
    return [
        ExpiredCall(row.id, row.started, tuple(path for path in (row.recording, row.voicemail) if path)) for row in rows
    ]


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
