"""The orders of the journal's database, for the dialler. `routing.engine.callbacks` loads it when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from routing.callbacks import leases
from routing.callbacks.store import CallbackStore
from routing.journal.database import DatabaseFault, open_database
from routing.journal.faults import text_of
from routing.model.callback import CallbackOrder, OrdersDown

Result = TypeVar("Result")
#: Runs a function where it may block, and returns its result.
InThread = Callable[[Callable[[], object]], object]


class StoredOrders:
    """`routing.engine.dialler.OrderBook`: every method is one transaction in a thread; the database is opened with the
    first one. Raises OrdersDown."""

    def __init__(self, database: str, thread: InThread) -> None:
        self._database, self._thread = database, thread
        self._store: CallbackStore | None = None

    def take(self, project: str, owner: str, now: float, for_s: float) -> int | None:
        """See `routing.callbacks.leases`."""
        return self._do(lambda store: leases.take(store.engine, project, owner, now, for_s))

    def release(self, project: str, token: int) -> None:
        """See `routing.callbacks.leases`."""
        self._do(lambda store: leases.release(store.engine, project, token))

    def due(self, project: str, now: float, limit: int) -> Sequence[CallbackOrder]:
        """See CallbackStore, as for all below."""
        return self._do(lambda store: store.due(project, now, limit))

    def awaiting(self, project: str, now: float) -> Sequence[CallbackOrder]:
        """Orders of colleagues."""
        return self._do(lambda store: store.awaiting(project, now))

    def start(self, order_id: str, uuid: str, token: int | None, now: float) -> bool:
        """An attempt begins."""
        return self._do(lambda store: store.start(order_id, uuid, token, now))

    def finish(self, uuid: str, cause: str, talked_s: float, now: float) -> CallbackOrder | None:
        """An attempt has ended."""
        return self._do(lambda store: store.finish(uuid, cause, talked_s, now))

    def put_off(self, order_id: str, until_s: float, why: str = "") -> bool:
        """The next attempt is later."""
        return self._do(lambda store: store.put_off(order_id, until_s, why))

    def hold(self, order_id: str, why: str) -> bool:
        """Why it is not dialled."""
        return self._do(lambda store: store.hold(order_id, why))

    def expire(self, project: str, now: float) -> Sequence[CallbackOrder]:
        """Orders whose time has passed."""
        return self._do(lambda store: store.expire(project, now))

    def unfinished(self, project: str, before_s: float) -> Sequence[CallbackOrder]:
        """Orders with attempts without a result."""
        return self._do(lambda store: store.unfinished(project, before_s))

    def under_way(self, project: str) -> Sequence[CallbackOrder]:
        """Those that are being dialled."""
        return self._do(lambda store: store.under_way(project))

    def talked_since(self, project: str, since_s: float) -> float:
        """Seconds of talks."""
        return self._do(lambda store: store.talked_since(project, since_s))

    def _do(self, does: Callable[[CallbackStore], Result]) -> Result:
        result: Result = self._thread(lambda: self._now(does))  # type: ignore[assignment]
        return result

    def _now(self, does: Callable[[CallbackStore], Result]) -> Result:
        try:
            if self._store is None:
                self._store = CallbackStore(open_database(self._database))
            return does(self._store)
        except DatabaseFault as problem:
            raise OrdersDown(str(problem)) from None
        except OSError as problem:
            raise OrdersDown(f"the database cannot be opened: {problem.strerror}") from None
        except SQLAlchemyError as problem:
            raise OrdersDown(f"the orders cannot be read or written: {text_of(problem)}") from None
