"""What *My calls* and *Callbacks* read: missed clients whom nobody has talked with since, and orders to call back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, exists, select

from routing.callbacks.store import CallbackStore
from routing.journal.schema import calls, legs
from routing.journal.status import MISSED
from routing.model.callback import CallbackOrder

#: How far back missed calls are shown.
SINCE_S = 14 * 86400.0
MOST = 100
#: Missed calls that are looked at for them: of one client there may be many.
_MOST_READ = 2_000


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
    later = calls.alias("later")
    rang = exists().where(legs.c.call == calls.c.id, legs.c.person.in_({me, *colleagues}))
    rang_me = exists().where(legs.c.call == calls.c.id, legs.c.person == me).label("rang_me")
    talked = exists().where(
        later.c.client == calls.c.client, later.c.project == project, later.c.bridged > calls.c.started
    )
    query = (
        select(calls, rang_me)
        .where(
            calls.c.started > now_s - SINCE_S, calls.c.project == project, calls.c.direction == "in",
            calls.c.status.in_(MISSED), calls.c.client != "", rang, ~talked,
        )
        .order_by(calls.c.started.desc()).limit(_MOST_READ)
    )  # fmt: skip
    found: dict[str, MissedClient] = {}
    with engine.connect().execution_options(reads=True) as connection:
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


def visible(engine: Engine, orders: Sequence[CallbackOrder], people: Collection[str] | None) -> list[CallbackOrder]:
    """Of orders, those of these people: they ordered, or a call of the order rang one of them. None: everybody's."""
    if people is None or not orders:
        return list(orders)
    rung = _rung(engine, {uuid for order in orders for uuid in _uuids(order)}, people)
    return [order for order in orders if order.person in people or not rung.isdisjoint(_uuids(order))]


def _uuids(order: CallbackOrder) -> set[str]:
    return {uuid for uuid in (order.call_id, *(attempt.uuid for attempt in order.attempts)) if uuid}


def _rung(engine: Engine, uuids: Collection[str], people: Collection[str]) -> set[str]:
    found: set[str] = set()
    ids = sorted(uuids)
    with engine.connect().execution_options(reads=True) as connection:
        for at in range(0, len(ids), 500):
            query = select(legs.c.call).where(legs.c.call.in_(ids[at : at + 500]), legs.c.person.in_(people)).distinct()
            found |= set(connection.scalars(query))
    return found


def orders_of(
    engine: Engine, project: str, people: Collection[str] | None, *, number: str = "", closed_too: bool = False
) -> list[CallbackOrder]:
    """Orders that somebody sees who sees these people: the open ones, the next to be dialled first, or all, newest
    first; of one client."""
    store = CallbackStore(engine)
    found = store.latest(project, 10 * MOST, number) if closed_too or number else store.open(project)[: 10 * MOST]
    return visible(engine, found, people)[:MOST]


def order_of(engine: Engine, project: str, order_id: str, people: Collection[str] | None) -> CallbackOrder | None:
    """An order by its id, if somebody sees it who sees these people."""
    found = CallbackStore(engine).find(order_id)
    if found is None or found.project != project:
        return None
    return next(iter(visible(engine, [found], people)), None)
