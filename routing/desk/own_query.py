"""What *My calls* and *Callbacks* read: missed clients whom nobody has talked with since, and orders to call back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, TextClause, and_, case, exists, or_, select, text, tuple_

from routing.callbacks.schema import IS_OPEN, attempts, callbacks
from routing.callbacks.store import CallbackStore
from routing.desk.journal_walk import is_any, is_call, prefer_indexes
from routing.journal.schema import calls, involved, legs
from routing.journal.status import MISSED
from routing.model.callback import CallbackOrder

#: How far back missed calls are shown.
SINCE_S = 14 * 86400.0
MOST = 100
#: Orders that are looked at for those that somebody may see.
_MOST_ORDERS = 2_000
#: Missed calls that are looked at for them: of one client there may be many.
_MOST_READ = 5_000
_SHOWN = ("id", "client", "started", "scheme", "number", "status")


@dataclass(frozen=True, slots=True)
class MissedClient:
    """A client who was missed: the last call, how often since the last talk, whether it rang the user themselves."""

    number: str
    call: str
    at_s: float
    scheme: str
    own_number: str
    status: str
    times: int
    rang_me: bool


def missed_clients(
    engine: Engine, project: str, me: str, colleagues: Collection[str], now_s: float
) -> Sequence[MissedClient]:
    """Clients who were missed by calls that rang somebody of these people, the newest first; nobody of the company has
    talked with them since."""
    later, mine = calls.alias("later"), involved.alias("mine")
    missed = (
        select(involved.c.started, involved.c.call)
        .where(
            involved.c.person.in_(sorted({me, *colleagues})), involved.c.started > now_s - SINCE_S,
            involved.c.direction == "in", involved.c.status.in_(sorted(MISSED)),
        )
        .distinct().order_by(involved.c.started.desc()).limit(_MOST_READ).subquery()
    )  # fmt: skip
    rang_me = exists().where(mine.c.person == me, mine.c.started == calls.c.started, mine.c.call == calls.c.id)
    talked = exists().where(
        later.c.client == calls.c.client, later.c.project == project, later.c.bridged > calls.c.started
    )
    query = (
        select(*(calls.c[name] for name in _SHOWN), rang_me.label("rang_me"))
        .join_from(missed, calls, is_call(missed.c.started, missed.c.call))
        .where(calls.c.project == project, calls.c.client != "", case((talked, 1), else_=0) == 0)
        .order_by(calls.c.started.desc())
    )
    found: dict[str, MissedClient] = {}
    with engine.connect().execution_options(reads=True) as connection:
        prefer_indexes(connection)
        for row in connection.execute(query).mappings():
            last = found.get(row["client"])
            found[row["client"]] = MissedClient(
                row["client"],
                last.call if last else row["id"],
                last.at_s if last else row["started"],
                last.scheme if last else row["scheme"],
                last.own_number if last else row["number"],
                last.status if last else row["status"],
                last.times + 1 if last else 1,
                bool(row["rang_me"]) or bool(last and last.rang_me),
            )
    return list(found.values())[:MOST]


def orders_of(
    engine: Engine, project: str, people: Collection[str] | None, *, number: str = "", closed_too: bool = False,
    after: str = "",
) -> list[CallbackOrder]:  # fmt: skip
    """A page of the orders that somebody sees who sees these people (they ordered, or a call of the order rang one of
    them; None: everybody's): the open ones, the next to be dialled first, or all, newest first; of one client.

    ``after``: the id of the last order on the page before; that of an order which is gone begins anew.
    """
    table = callbacks.c
    mine: list[ColumnElement[bool] | TextClause] = [table.project == project]
    last = _place_of(engine, project, after) if after else None
    if closed_too or number:
        mine += [table.number == number] if number else []
        order: list[Any] = [table.created_s.desc(), table.id]
        if last:
            older = table.created_s < last.created_s
            mine.append(or_(older, and_(table.created_s == last.created_s, table.id > last.id)))
    else:
        mine.append(text(IS_OPEN))
        order = [table.not_before_s, table.created_s, table.id]
        if last:
            mine.append(tuple_(*order) > tuple_(last.not_before_s, last.created_s, last.id))
    some = select(table.id).where(*mine).order_by(*order).limit(MOST if people is None else _MOST_ORDERS)
    query = select(table.id).where(table.id.in_(select(some.subquery().c.id))).order_by(*order)
    return _seen(engine, query, people)


def _place_of(engine: Engine, project: str, order_id: str) -> Any:
    """The row by whose place a page begins; None for no order."""
    table = callbacks.c
    query = select(table.id, table.created_s, table.not_before_s).where(table.id == order_id, table.project == project)
    with engine.connect().execution_options(reads=True) as connection:
        return connection.execute(query).one_or_none()


def order_of(engine: Engine, project: str, order_id: str, people: Collection[str] | None) -> CallbackOrder | None:
    """An order by its id, if somebody sees it who sees these people."""
    query = select(callbacks.c.id).where(callbacks.c.id == order_id, callbacks.c.project == project)
    return next(iter(_seen(engine, query, people)), None)


def _seen(engine: Engine, query: Select[Any], people: Collection[str] | None) -> list[CallbackOrder]:
    """The orders with these ids that are seen, as many as a page shows."""
    if people is not None:
        rang = is_any(attempts, attempts.c.callback == callbacks.c.id, _rang(attempts.c.uuid, people))
        query = query.where(or_(callbacks.c.person.in_(people), _rang(callbacks.c.call_id, people), rang))
    with engine.connect().execution_options(reads=True) as connection:
        prefer_indexes(connection)
        ids = connection.scalars(query.limit(MOST)).all()
    return sorted(CallbackStore(engine).of_ids(ids), key=lambda order: ids.index(order.id))


def _rang(call: Any, people: Collection[str]) -> ColumnElement[bool]:
    return is_any(legs, legs.c.call == call, legs.c.person.in_(people))
