"""The statements of the store: which order is meant, and what is written of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.callbacks import rows
from routing.callbacks.schema import IS_OPEN, ONE, attempts, callbacks, events
from routing.model.callback import CallbackOrder, CallbackStatus

#: Ids in one statement.
MOST_IDS = 500


def by_id(order_id: str) -> Select[Any]:
    """The order with an id; locked where the database locks rows."""
    return select(callbacks).where(callbacks.c.id == order_id).with_for_update()


def by_attempt(uuid: str) -> Select[Any]:
    """The order of an attempt."""
    of_it = select(attempts.c.callback).where(attempts.c.uuid == uuid)
    return select(callbacks).where(callbacks.c.id.in_(of_it)).with_for_update()


def by_call(project: str, call_id: str) -> Select[Any]:
    """The order that a call made, or renewed last."""
    of_it = (callbacks.c.project == project, callbacks.c.call_id == call_id)
    return select(callbacks).where(*of_it).order_by(callbacks.c.created_s.desc()).limit(1)


def open_of(project: str, number: str) -> Select[Any]:
    """The open order of a client."""
    return open_like({"project": project, "number": number, "person": "", "awaits": ""})


def open_like(one: Mapping[str, str]) -> Select[Any]:
    """The open order of a client, or of a colleague who awaits a person: see `ONE`."""
    return select(callbacks).where(*(callbacks.c[name] == one[name] for name in ONE), text(IS_OPEN)).with_for_update()


def one_of(order: CallbackOrder) -> dict[str, str]:
    """What no other open order has."""
    return {name: getattr(order, name) for name in ONE}


def waiting(project: str) -> Select[Any]:
    """The orders of a project that wait for their next attempt, of colleagues too."""
    waits = (text(IS_OPEN), callbacks.c.status == CallbackStatus.ORDERED.value)
    return select(callbacks).where(callbacks.c.project == project, *waits)


def add(connection: Connection, new: CallbackOrder) -> bool:
    """Insert an order; False when the client has an open one."""
    dialect = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    adding = dialect(callbacks).values(rows.order_row(new))
    adding = adding.on_conflict_do_nothing(index_elements=ONE, index_where=text(IS_OPEN))
    return connection.scalar(adding.returning(callbacks.c.id)) is not None


def write(connection: Connection, order: CallbackOrder) -> None:
    """Write an order that is there, without its attempts."""
    connection.execute(update(callbacks).where(callbacks.c.id == order.id).values(rows.order_row(order)))


def note(connection: Connection, order: CallbackOrder, at_s: float) -> None:
    """Add the order's status to the events of its life, which webhooks are sent of. Those of colleagues are nobody's
    business."""
    if order.awaits:
        return
    earlier = select(func.coalesce(func.max(events.c.n), 0)).where(events.c.callback == order.id)
    n = (connection.scalar(earlier) or 0) + 1
    connection.execute(insert(events), {"callback": order.id, "n": n, "event": order.status.value, "at_s": at_s})


def attempts_of(connection: Connection, order_id: str) -> Sequence[Any]:
    """The rows of an order's attempts."""
    return connection.execute(select(attempts).where(attempts.c.callback == order_id)).all()


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids, as many at once as one statement takes."""
    return (ids[at : at + MOST_IDS] for at in range(0, len(ids), MOST_IDS))
