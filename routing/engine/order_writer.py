"""Writes orders to call clients back into the journal's database. Loaded by `routing.engine.callbacks` when needed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from routing.callbacks.store import CallbackStore
from routing.journal.database import DatabaseFault, open_database
from routing.journal.faults import text_of
from routing.model.callback import CallbackOrder, OrdersDown

Result = TypeVar("Result")


class OrderWriter:
    """Called from several threads; opens the database with the first order at the latest."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._opening = Lock()
        self._store: CallbackStore | None = None

    def __call__(self, new: CallbackOrder) -> CallbackOrder:
        """Write an order. Raises OrdersDown."""
        return self._do(lambda store: store.order(new))

    def no_longer_awaiting(self, project: str, person: str, awaits: str, now: float) -> int:
        """See CallbackStore. Raises OrdersDown."""
        return self._do(lambda store: store.no_longer_awaiting(project, person, awaits, now))

    def _do(self, does: Callable[[CallbackStore], Result]) -> Result:
        try:
            return does(self._opened())
        except DatabaseFault as problem:
            raise OrdersDown(str(problem)) from None
        except OSError as problem:
            raise OrdersDown(f"the database cannot be opened: {problem.strerror}") from None
        except SQLAlchemyError as problem:
            raise OrdersDown(f"the order cannot be written: {text_of(problem)}") from None

    def open(self) -> None:
        """Open the database now, if it is there: the first order of a caller does not wait for it."""
        with suppress(DatabaseFault, OSError, SQLAlchemyError):
            self._opened()

    def _opened(self) -> CallbackStore:
        with self._opening:
            if self._store is None:
                self._store = CallbackStore(open_database(self._database))
            return self._store
