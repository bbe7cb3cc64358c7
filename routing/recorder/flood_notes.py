"""What the guard against floods writes down: the floods in the journal's database, and the end of orders to call their
callers back, since a callback of an attacker costs what the refusal has saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from routing.callbacks.store import CallbackStore
from routing.journal import flood_book
from routing.journal.flood_book import BEFORE_SECONDS, REFUSED, NotedFlood
from routing.model.callback import CallbackOrder, CallbackSource
from routing.model.flood import FloodRefusal

IsKnown = Callable[[str, float], bool]
#: Orders that come of calls.
_BY_CALLS = frozenset({CallbackSource.MISSED, CallbackSource.STEP, CallbackSource.QUEUE})


@dataclass(frozen=True)
class FloodNotes:
    """Every method raises SQLAlchemyError."""

    engine: Engine

    def noted(self, project: str, node: str, refusals: Iterable[FloodRefusal], state: str, now_s: float) -> None:
        """A flood, or more of one."""
        flood_book.noted(self.engine, project, node, refusals, state, now_s)

    def look(
        self, project: str, node: str, held: Sequence[FloodRefusal], does_refuse: bool, is_known: IsKnown, now_s: float
    ) -> int:
        """End what holds no more, write what a person refuses, cancel orders to call the callers of floods back.
        ``held``: what FreeSWITCH refuses at this node, or would. Returns how many floods stand there."""
        flood_book.ended(self.engine, project, node, {refusal.number for refusal in held}, now_s)
        standing = flood_book.standing(self.engine, project, now_s)
        written = {flood.number for flood in standing if flood.node == node}
        if does_refuse and (new := [refusal for refusal in held if refusal.number not in written]):
            self.noted(project, node, new, REFUSED, now_s)
            standing = flood_book.standing(self.engine, project, now_s)
        if not standing:
            return 0
        store = CallbackStore(self.engine)
        at_number: dict[str, list[NotedFlood]] = defaultdict(list)
        for flood in standing:
            at_number[flood.number].append(flood)
        for order in store.open(project):
            is_of = any(_is_of(order, flood) for flood in at_number[order.dialled])
            if is_of and not is_known(order.number, order.created_s):
                store.cancel(order.id, now_s)
        return sum(flood.node == node for flood in standing)


def _is_of(order: CallbackOrder, flood: NotedFlood) -> bool:
    return (
        order.source in _BY_CALLS
        and order.created_s >= flood.began_s - BEFORE_SECONDS
        and order.number.removeprefix("+").startswith(flood.starts)
    )
