"""Keeps orders to call clients back in SQL: every method is one transaction, committed when it returns.

How the dialler uses it, in this order, so that no order is lost and no client is rung twice for one attempt:

1. Hold the lease: `routing.callbacks.leases.take` every few seconds; its token goes into `start`. None: another one
   dials.
2. `due(project, now, limit)`; for each order, `routing.model.callback_times.next_allowed` with the calendar and quiet
   hours of the live release. Not allowed now, the client talks at this moment, or nobody is free: `put_off(id, until)`.
3. Choose a uuid; `start(id, uuid, token, now)` commits `dialling` and the attempt. False: do not dial.
4. Originate with ``origination_uuid`` of that uuid, once. Whatever its answer says, the result is the call's record:
   `finish(uuid, cause, talked_s, now)`, which may be repeated. `NOBODY` as cause: the client was not rung.
5. After a start, and every minute: of `unfinished(project, before)` ask the switch for the uuid; when it does not
   know it and no record has come within a bound, `finish(uuid, UNKNOWN, 0, now)`. The next attempt is a new one with
   a new uuid.
6. `expire(project, now)` every minute: it returns the orders whose time has passed, each once.

Every method raises SQLAlchemyError when the database is not there, with nothing written. SQLite waits for other
writers: call it from a thread where a greenlet must not wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, text, update

from routing.callbacks import leases, refusals, rows, statements
from routing.callbacks.schema import IS_OPEN, OF_CLIENTS, attempts, callbacks, events, requests
from routing.model import callback
from routing.model.callback import CallbackOrder, CallbackStatus

#: Orders read at once by lists.
MOST_LISTED = 10_000


def new_id() -> str:
    """The id of a new order: 128 random bits that fit into a URL and after a command."""
    return token_hex(16)


@dataclass(frozen=True, slots=True)
class CallbackStore:
    """The orders of all projects of a database (`routing.journal.database.open_database`)."""

    engine: Engine

    def order(self, new: CallbackOrder) -> CallbackOrder:
        """Write an order; returns what is in the database now. The client's open order is renewed instead; a call
        that has ordered already (``call_id``) gets its order unchanged. Raises CallsUnwanted."""
        with self.engine.begin() as connection:
            if new.call_id and (known := self._one(connection, statements.by_call(new.project, new.call_id))):
                return known
            refusals.obey(connection, new)
            while True:  # the open order may be closed between the two statements
                if statements.add(connection, new):
                    statements.note(connection, new, new.created_s)
                    return new
                if present := self._one(connection, statements.open_like(statements.one_of(new))):
                    order = callback.renewed(present, new)
                    statements.write(connection, order)
                    return order

    def find(self, order_id: str) -> CallbackOrder | None:
        """The order with an id."""
        return next(iter(self.of_ids([order_id])), None)

    def of_ids(self, ids: Sequence[str]) -> list[CallbackOrder]:
        """The orders with these ids, in any order."""
        return self._many(select(callbacks).where(callbacks.c.id.in_(ids)))

    def of_attempt(self, uuid: str) -> CallbackOrder | None:
        """The order to which an attempt belongs."""
        return next(iter(self._many(statements.by_attempt(uuid))), None)

    def of_call(self, project: str, call_id: str) -> CallbackOrder | None:
        """The order that a call made, or renewed last."""
        return next(iter(self._many(statements.by_call(project, call_id))), None)

    def open(self, project: str) -> list[CallbackOrder]:
        """The open orders, the next one to be dialled first."""
        query = select(callbacks).where(callbacks.c.project == project, text(IS_OPEN))
        return self._many(query.order_by(callbacks.c.not_before_s, callbacks.c.created_s, callbacks.c.id))

    def latest(self, project: str, limit: int, number: str = "", id_begins: str = "") -> list[CallbackOrder]:
        """The orders that were made last, newest first, of all clients or of one number."""
        query = select(callbacks).where(callbacks.c.project == project)
        query = query.where(callbacks.c.number == number) if number else query
        query = query.where(callbacks.c.id.startswith(id_begins, autoescape=True)) if id_begins else query
        return self._many(query.order_by(callbacks.c.created_s.desc(), callbacks.c.id).limit(limit))

    def due(self, project: str, now: float, limit: int) -> list[CallbackOrder]:
        """Orders of clients that may be dialled now, by their place in a queue, or else by their time."""
        query = statements.waiting(project).where(callbacks.c.not_before_s <= now, callbacks.c.expires_s > now)
        query = query.where(text(OF_CLIENTS))
        place = func.coalesce(callbacks.c.place_s, callbacks.c.not_before_s)
        return self._many(query.order_by(place, callbacks.c.created_s, callbacks.c.id).limit(limit))

    def awaiting(self, project: str, now: float) -> list[CallbackOrder]:
        """The orders of colleagues that are open and have not expired, in their order."""
        query = select(callbacks).where(callbacks.c.project == project, text(IS_OPEN), callbacks.c.awaits != "")
        query = query.where(callbacks.c.expires_s > now)
        return self._many(query.order_by(callbacks.c.created_s, callbacks.c.id))

    def start(self, order_id: str, uuid: str, token: int | None, now: float) -> bool:
        """Write that an attempt begins; False when it must not: the order is not due, or the token of the lease is
        old. An order of a colleague needs no token: the node where they are registered dials it."""
        with self.engine.begin() as connection:
            present = self._one(connection, statements.by_id(order_id))
            if present is None:
                return False
            if not present.awaits and (token is None or not leases.holds(connection, present.project, token, now)):
                return False
            order = callback.started(present, uuid, now)
            if order is None:
                return False
            statements.write(connection, order)
            connection.execute(insert(attempts), rows.attempt_row(order.id, order.attempts[-1]))
            statements.note(connection, order, now)
            return True

    def finish(self, uuid: str, cause: str, talked_s: float, now: float) -> CallbackOrder | None:
        """Write the result of an attempt; returns its order, None when there is no such attempt. The first result
        counts."""
        with self.engine.begin() as connection:
            present = self._one(connection, statements.by_attempt(uuid))
            if present is None:
                return None
            order = callback.finished(present, uuid, cause, talked_s, now)
            if order is present:
                return present
            ended = next(attempt for attempt in order.attempts if attempt.uuid == uuid)
            values = rows.attempt_row(order.id, ended)
            connection.execute(update(attempts).where(attempts.c.uuid == uuid).values(values))
            statements.write(connection, order)
            if order.status is CallbackStatus.WITHDRAWN:
                refusals.add(connection, order.project, order.number, now)
            if order.status is not present.status:
                statements.note(connection, order, now)
            return order

    def put_off(self, order_id: str, until_s: float, why: str = "") -> bool:
        """Dial an order later; False when it does not wait any more."""
        return self._set(order_id, {"not_before_s": until_s, "held": why})

    def hold(self, order_id: str, why: str) -> bool:
        """Write why an order that is due is not dialled; False when it does not wait any more."""
        return self._set(order_id, {"held": why})

    def _set(self, order_id: str, values: dict[str, Any]) -> bool:
        with self.engine.begin() as connection:
            waits = (callbacks.c.id == order_id, callbacks.c.status == CallbackStatus.ORDERED.value)
            return bool(connection.execute(update(callbacks).where(*waits).values(values)).rowcount)

    def under_way(self, project: str) -> list[CallbackOrder]:
        """The orders of clients that are being dialled."""
        query = select(callbacks).where(callbacks.c.project == project, text(IS_OPEN), text(OF_CLIENTS))
        return self._many(query.where(callbacks.c.status == CallbackStatus.DIALLING.value))

    def cancel(self, order_id: str, now: float) -> bool:
        """Close an order because the client or an operator wants it; False when it is not open. A call that is under
        way goes on."""
        return self._close(statements.by_id(order_id), CallbackStatus.CANCELLED, now)

    def no_longer_awaiting(self, project: str, person: str, awaits: str, now: float) -> int:
        """Cancel a colleague's order for a person, or all of theirs for ""; returns how many there were."""
        query = select(callbacks).where(callbacks.c.project == project, callbacks.c.person == person, text(IS_OPEN))
        query = query.where(callbacks.c.awaits == awaits if awaits else callbacks.c.awaits != "")
        with self._reading() as connection:
            ids = connection.scalars(query.with_only_columns(callbacks.c.id)).all()
        return sum(self.cancel(order_id, now) for order_id in ids)

    def close_by_talk(self, project: str, number: str, at_s: float) -> bool:
        """Close the open order of a client, with whom somebody talked until ``at_s``; False when none was open then."""
        query = statements.open_of(project, number).where(callbacks.c.created_s <= at_s)
        return self._close(query, CallbackStatus.TALKED, at_s)

    def expire(self, project: str, now: float) -> list[CallbackOrder]:
        """Close the orders whose time has passed and return them: each is returned once."""
        query = statements.waiting(project).where(callbacks.c.expires_s <= now)
        with self.engine.begin() as connection:
            found = self._all(connection, query.order_by(callbacks.c.id).with_for_update(skip_locked=True))
            ended = [replace(order, status=CallbackStatus.EXPIRED, closed_s=now) for order in found]
            for order in ended:
                statements.write(connection, order)
                statements.note(connection, order, now)
            return ended

    def unfinished(self, project: str, before_s: float) -> list[CallbackOrder]:
        """Orders with an attempt that began before a time and has no result: also those that a talk or the client has
        closed meanwhile. The attempts without `ended_s` are to be looked for."""
        lasting = select(attempts.c.callback).where(attempts.c.ended_s == 0, attempts.c.began_s < before_s)
        return self._many(select(callbacks).where(callbacks.c.project == project, callbacks.c.id.in_(lasting)))

    def waiting(self, project: str, now: float) -> tuple[int, float]:
        """How many orders of clients are open, and for how many seconds the oldest one waits that may be dialled."""
        mine = (callbacks.c.project == project, text(IS_OPEN), text(OF_CLIENTS))
        may = (callbacks.c.not_before_s <= now, callbacks.c.status == CallbackStatus.ORDERED.value)
        with self._reading() as connection:
            count = connection.scalar(select(func.count()).select_from(callbacks).where(*mine)) or 0
            oldest = connection.scalar(select(func.min(callbacks.c.not_before_s)).where(*mine, *may))
        return count, now - oldest if oldest else 0.0

    def talked_since(self, project: str, since_s: float) -> float:
        """Seconds of talks with clients of all attempts that began since a time."""
        both = attempts.join(callbacks, callbacks.c.id == attempts.c.callback)
        mine = (callbacks.c.project == project, attempts.c.began_s >= since_s, text(OF_CLIENTS))
        query = select(func.sum(attempts.c.talked_s)).select_from(both).where(*mine)
        with self._reading() as connection:
            return connection.scalar(query) or 0.0

    def forget(self, before_s: float) -> int:
        """Delete the closed orders that were made before a time, with all that belongs to them; returns how many."""
        old = select(callbacks.c.id).where(callbacks.c.created_s < before_s, callbacks.c.closed_s > 0)
        with self.engine.begin() as connection:
            for table in (attempts, events, requests):
                connection.execute(delete(table).where(table.c.callback.in_(old)))
            gone = delete(callbacks).where(callbacks.c.created_s < before_s, callbacks.c.closed_s > 0)
            return connection.execute(gone).rowcount

    def _close(self, query: Select[Any], status: CallbackStatus, now: float) -> bool:
        with self.engine.begin() as connection:
            present = self._one(connection, query)
            order = callback.closed(present, status, now) if present else None
            if order is None:
                return False
            statements.write(connection, order)
            statements.note(connection, order, now)
            return True

    def _reading(self) -> Connection:
        return self.engine.connect().execution_options(reads=True)

    def _many(self, query: Select[Any]) -> list[CallbackOrder]:
        with self._reading() as connection:
            return self._all(connection, query.limit(MOST_LISTED) if query._limit_clause is None else query)

    def _one(self, connection: Connection, query: Select[Any]) -> CallbackOrder | None:
        return next(iter(self._all(connection, query)), None)

    def _all(self, connection: Connection, query: Select[Any]) -> list[CallbackOrder]:
        found = connection.execute(query).all()
        by_order = defaultdict(list)
        for chunk in statements.chunks([row.id for row in found]):
            for attempt in connection.execute(select(attempts).where(attempts.c.callback.in_(chunk))):
                by_order[attempt.callback].append(attempt)
        return [rows.order_of(row, by_order[row.id]) for row in found]
