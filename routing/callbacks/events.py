"""The outbox of the events of orders' lives: ordered, dialling, talked, given up, cancelled, expired.

Of an order the events are handed out one after another. Who sends one claims it first; the claim of a dead process
ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select, text, update

from routing.callbacks import rows
from routing.callbacks.schema import attempts, callbacks, events
from routing.model.callback import CallbackOrder

_UNSENT = text("NOT sent")


@dataclass(frozen=True, slots=True)
class CallbackEvent:
    """The ``n``-th event of an order, as it is now: the status that it took, when, and who has the notice already."""

    order: CallbackOrder
    n: int
    status: str
    at_s: float
    reached: tuple[str, ...] = ()


def claim(engine: Engine, project: str, now: float, until_s: float) -> CallbackEvent | None:
    """The oldest event that may be sent now, claimed until a time; None when there is none."""
    of_orders = select(events.c.callback, func.min(events.c.n).label("n")).where(_UNSENT).group_by(events.c.callback)
    first = of_orders.subquery()
    mine = (events.c.callback == first.c.callback) & (events.c.n == first.c.n)
    query = select(events).join(first, mine).join(callbacks, callbacks.c.id == events.c.callback)
    query = query.where(callbacks.c.project == project, events.c.send_after <= now).order_by(events.c.at_s).limit(20)
    with engine.connect().execution_options(reads=True) as connection:
        found = connection.execute(query).all()
    for row in found:
        this = (events.c.callback == row.callback, events.c.n == row.n, _UNSENT, events.c.send_after <= now)
        with engine.begin() as connection:
            if connection.execute(update(events).where(*this).values(send_after=until_s)).rowcount:
                order = connection.execute(select(callbacks).where(callbacks.c.id == row.callback)).one()
                tries = connection.execute(select(attempts).where(attempts.c.callback == row.callback)).all()
                return CallbackEvent(
                    rows.order_of(order, tries), row.n, row.event, row.at_s, tuple(row.reached.split())
                )
    return None


def sent(engine: Engine, event: CallbackEvent) -> None:
    """Take an event out of the outbox."""
    _set(engine, event, {"sent": True})


def put_off(engine: Engine, event: CallbackEvent, until_s: float, reached: tuple[str, ...]) -> None:
    """Send an event again later, to those who do not have it."""
    _set(engine, event, {"send_after": until_s, "reached": " ".join(reached)})


def _set(engine: Engine, event: CallbackEvent, values: dict[str, object]) -> None:
    with engine.begin() as connection:
        this = (events.c.callback == event.order.id, events.c.n == event.n)
        connection.execute(update(events).where(*this).values(values))
