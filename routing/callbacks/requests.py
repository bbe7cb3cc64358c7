"""Orders from pages, whose visitors prove nothing about the number that they type.

A client has one open order. Whoever orders for a client who has one of somebody else gets a request of their own: its
address tells about it alone, as if there were no other order, and cancels it alone. At most the client is called
sooner. When the maker of the order cancels, the first request becomes the order. So nobody learns of an order that they
have not made, changes it, or ends it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from routing.callbacks import refusals, rows, statements
from routing.callbacks.schema import callbacks, requests
from routing.model import callback
from routing.model.callback import CallbackOrder, CallbackSource, CallbackStatus

#: Orders that the token of their address may see and cancel. Those that the client has renewed by a call are theirs.
OF_TOKENS = frozenset({CallbackSource.API, CallbackSource.WIDGET})


def order(engine: Engine, new: CallbackOrder) -> CallbackOrder:
    """Write an order of a page; returns it as its maker sees it. Raises CallsUnwanted."""
    with engine.begin() as connection:
        refusals.obey(connection, new)
        while True:  # the open order may be closed between the two statements
            if statements.add(connection, new):
                statements.note(connection, new, new.created_s)
                return new
            if present := _one(connection, statements.open_like(statements.one_of(new))):
                return _of_its_own(connection, present, new)


def _of_its_own(connection: Connection, present: CallbackOrder, new: CallbackOrder) -> CallbackOrder:
    if new.visitor and new.visitor == present.visitor and present.source in OF_TOKENS:
        renewed = callback.renewed(present, new)
        statements.write(connection, renewed)
        return renewed
    if present.status is CallbackStatus.ORDERED and new.not_before_s < present.not_before_s and not present.attempts:
        sooner = update(callbacks).where(callbacks.c.id == present.id)
        connection.execute(sooner.values(not_before_s=new.not_before_s))
    wish = json.dumps(rows.order_row(new), ensure_ascii=False)
    row = {"id": new.id, "callback": present.id, "wish": wish, "expires_s": new.expires_s}
    connection.execute(insert(requests), row)
    return new


def find(engine: Engine, order_id: str, now: float) -> CallbackOrder | None:
    """An order or a request, as whoever has the token of its address sees it."""
    with engine.begin() as connection:
        query = select(callbacks).where(callbacks.c.id == order_id)
        if found := _one(connection, query):
            return found if found.source in OF_TOKENS else _as_ordered(found)
        row = connection.execute(select(requests).where(requests.c.id == order_id)).one_or_none()
        return _seen(row, now) if row else None


def cancel(engine: Engine, order_id: str, now: float) -> None:
    """Cancel an order or a request, as whoever has the token of its address may; a request that waits behind an order
    takes its place."""
    with engine.begin() as connection:
        mine = (requests.c.id == order_id, requests.c.cancelled_s == 0)
        connection.execute(update(requests).where(*mine).values(cancelled_s=now))
        present = _one(connection, statements.by_id(order_id))
        ended = callback.closed(present, CallbackStatus.CANCELLED, now) if present else None
        if ended is None or ended.source not in OF_TOKENS:
            return
        statements.write(connection, ended)
        statements.note(connection, ended, now)
        _take_place(connection, order_id, now)


def _take_place(connection: Connection, order_id: str, now: float) -> None:
    waits = (requests.c.callback == order_id, requests.c.cancelled_s == 0, requests.c.expires_s > now)
    found = connection.execute(select(requests).where(*waits).order_by(requests.c.expires_s, requests.c.id)).all()
    for row in found[:1]:
        heir = _order(row)
        if statements.add(connection, heir):
            statements.note(connection, heir, now)
        connection.execute(delete(requests).where(requests.c.id == row.id))
        connection.execute(update(requests).where(requests.c.callback == order_id).values(callback=row.id))


def _as_ordered(order: CallbackOrder) -> CallbackOrder:
    """An order that is not its maker's any more: they see what they have ordered, not what became of it."""
    return replace(order, status=CallbackStatus.ORDERED, not_before_s=order.created_s)


def _seen(row: Row[Any], now: float) -> CallbackOrder:
    wish = _order(row)
    if row.cancelled_s:
        return replace(wish, status=CallbackStatus.CANCELLED, closed_s=row.cancelled_s)
    return replace(wish, status=CallbackStatus.EXPIRED, closed_s=row.expires_s) if row.expires_s <= now else wish


def _order(row: Row[Any]) -> CallbackOrder:
    return rows.order_of(cast("Row[Any]", SimpleNamespace(**json.loads(row.wish))), ())


def _one(connection: Connection, query: Any) -> CallbackOrder | None:
    row = connection.execute(query).one_or_none()
    return rows.order_of(row, statements.attempts_of(connection, row.id)) if row else None
