"""Forgets a client: every call with their number, its recordings, their orders to be called back, what Redis remembers.

Sounds go before their rows, so that a kill in between leaves no sound without a row; run it again. The wish not to be
called stays: it is kept without the number (`routing.callbacks.refusals`). The audit log keeps its lines: who called a
client or cancelled their order stays known, the number does not.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, delete, or_, select

from routing.callbacks.schema import attempts, callbacks, events, requests
from routing.desk.audit import AuditLog
from routing.desk.journal_walk import of_project
from routing.journal import expired, flood_book, kept_sounds, sound, store
from routing.journal.schema import calls
from routing.model.keeping import RECORDINGS
from routing.release.known_callers import forget_known
from routing.store import keys
from routing.store.client import RedisStore
from routing.store.memory import RedisMemory

_AT_ONCE = 500
#: Why a recording is gone of a call with somebody else.
FORGOTTEN = "somebody in the room was forgotten"
#: An order that is being dialled is not taken from the dialler.
_DIALLING = "dialling"


@dataclass(frozen=True)
class ClientTraces:
    """What is known of a client: calls, sound files of them, orders. ``kept``: what could not be removed: calls whose
    sounds cannot be, orders that are being dialled, a list of known callers."""

    calls: int = 0
    sounds: int = 0
    orders: int = 0
    kept: int = 0

    @property
    def is_any(self) -> bool:
        """Whether anything is known."""
        return bool(self.calls or self.orders)


def traces(engine: Engine, project: str, number: str) -> ClientTraces:
    """What forgetting a number would remove."""
    found = _calls(engine, project, number)
    with engine.connect().execution_options(reads=True) as connection:
        orders = connection.scalars(select(callbacks.c.id).where(*_of(project, number))).all()
    return ClientTraces(len(found), sum(len(each.sounds) for each in found), len(orders))


def forget_client(
    engine: Engine,
    project: str,
    number: str,
    memory: RedisStore | None,
    queues: Iterable[str] = (),
    people: Iterable[str] = (),
    root: Path | None = None,
) -> ClientTraces:
    """Remove everything. ``queues``: names of the project's queues, whose lost calls Redis remembers; ``people``: whose
    last clients it remembers; ``root``: the release root, whose known callers floods let pass. Raises SQLAlchemyError
    and StoreDown; what is removed by then stays removed."""
    found = _calls(engine, project, number)
    gone = [each for each in found if _without_sounds(each)]
    for start in range(0, len(gone), _AT_ONCE):  # a room's recording is that of others' calls too
        paths = [path for each in gone[start : start + _AT_ONCE] for path in each.sounds]
        named = kept_sounds.named_by(engine, RECORDINGS, paths)
        kept_sounds.note_gone(engine, RECORDINGS, named, time.time(), FORGOTTEN)
    for start in range(0, len(gone), _AT_ONCE):
        store.forget(engine, [each.call for each in gone[start : start + _AT_ONCE]])
    orders, kept = _forget_orders(engine, project, number)
    flood_book.forget(engine, project, number)
    AuditLog(engine, project).mask(number)
    try:
        if root is not None:
            forget_known(root, number)
    except OSError:  # another user's file
        kept += 1
    if memory is not None:
        known = keys.talks(project, number), keys.rating_request(project, number)
        for key in (*known, *(keys.lost_call(project, queue, number) for queue in queues)):
            memory.ask(key, ("DEL", key))
        for person in people:
            RedisMemory(memory).forget_client(project, person, number)
    sounds = sum(len(each.sounds) for each in gone)
    return ClientTraces(len(gone), sounds, orders, len(found) - len(gone) + kept)


def _without_sounds(call: expired.ExpiredCall) -> bool:
    """Remove a call's sounds, each of them; whether none is left."""
    gone = [sound.remove(call.call, path) for path in call.sounds]
    return all(gone)


def _calls(engine: Engine, project: str, number: str) -> list[expired.ExpiredCall]:
    """The calls of a project with a number on the outside."""
    has_number = or_(calls.c.client == number, calls.c.caller == number, calls.c.dialled == number)
    columns = calls.c.id, calls.c.started, *expired.kept_paths()
    query = select(*columns).where(of_project(project), has_number).order_by(calls.c.started)
    with engine.connect().execution_options(reads=True) as connection:
        return expired.with_sounds(connection, connection.execute(query))


def _of(project: str, number: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return callbacks.c.project == project, callbacks.c.number == number


def _forget_orders(engine: Engine, project: str, number: str) -> tuple[int, int]:
    with engine.begin() as connection:
        rows = connection.execute(select(callbacks.c.id, callbacks.c.status).where(*_of(project, number))).all()
        ids = [row.id for row in rows if row.status != _DIALLING]
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            connection.execute(delete(attempts).where(attempts.c.callback.in_(some)))
            connection.execute(delete(events).where(events.c.callback.in_(some)))
            connection.execute(delete(requests).where(requests.c.callback.in_(some)))
            connection.execute(delete(callbacks).where(callbacks.c.id.in_(some)))
    return len(ids), len(rows) - len(ids)
