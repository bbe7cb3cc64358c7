"""Orders for the HTTP API: the store in the journal's database, asked from threads: no request waits for another."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import gevent
from gevent.threadpool import ThreadPool
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from routing.callbacks import doors, requests
from routing.callbacks.proof import Proved
from routing.callbacks.store import CallbackStore
from routing.journal.database import DatabaseFault, open_database
from routing.journal.faults import text_of
from routing.model.callback import CallbackOrder

#: Requests that the database serves at the same time, and how long one waits for it.
THREADS, LONGEST_SECONDS = 8, 8.0
Answer = TypeVar("Answer")


class DeskDown(Exception):
    """The database does not answer."""


class CallbackDesk:
    """Every method raises DeskDown. ``database``: URL or file, opened when first needed; ``report`` gets faults."""

    def __init__(self, database: str, report: Callable[[str], None] = lambda reason: None) -> None:
        self._database, self._report = database, report
        self._threads = ThreadPool(THREADS)
        self._engine: Engine | None = None
        self._opening = Lock()
        self._keys: dict[str, bytes] = {}

    def order(self, new: CallbackOrder) -> CallbackOrder:
        """Write an order; returns what is in the database now."""
        return self._ask(lambda engine: CallbackStore(engine).order(new))

    def request(self, new: CallbackOrder) -> CallbackOrder:
        """Write an order of a page; returns it as its maker sees it: `routing.callbacks.requests`."""
        return self._ask(lambda engine: requests.order(engine, new))

    def find(self, order_id: str, now: float, is_program: bool) -> CallbackOrder | None:
        """The order with an id; others than programs see what is their own."""
        if is_program:
            return self._ask(lambda engine: CallbackStore(engine).find(order_id))
        return self._ask(lambda engine: requests.find(engine, order_id, now))

    def cancel(self, order_id: str, now: float, is_program: bool) -> CallbackOrder | None:
        """Cancel an order unless it is closed; returns it as whoever asks sees it now."""

        def cancelled(engine: Engine) -> CallbackOrder | None:
            if is_program:
                CallbackStore(engine).cancel(order_id, now)
                return CallbackStore(engine).find(order_id)
            requests.cancel(engine, order_id, now)
            return requests.find(engine, order_id, now)

        return self._ask(cancelled)

    def talked_since(self, project: str, since_s: float) -> float:
        """Seconds of callbacks' talks since a time."""
        return self._ask(lambda engine: CallbackStore(engine).talked_since(project, since_s))

    def use_proof(self, project: str, proved: Proved, now: float) -> bool:
        """Whether this is a proof's first use."""
        return self._ask(lambda engine: doors.use_proof(engine, proved, now))

    def key(self, project: str) -> bytes:
        """The key that signs the project's challenges and the addresses of its orders."""
        if project not in self._keys:
            self._keys[project] = self._ask(lambda engine: doors.key_of(engine, project))
        return self._keys[project]

    def token(self, project: str, order_id: str) -> str:
        """The token in the address of an order."""
        return doors.token_of(self.key(project), order_id)

    def is_token(self, project: str, order_id: str, given: str) -> bool:
        """Whether a token is that of an order."""
        return doors.is_token(self.key(project), order_id, given)

    def _ask(self, act: Callable[[Engine], Answer]) -> Answer:
        def in_thread() -> Answer | Exception:
            try:
                return act(self._opened())
            except (SQLAlchemyError, DatabaseFault, OSError) as problem:
                return problem  # gevent prints what a thread raises

        with gevent.Timeout(LONGEST_SECONDS, DeskDown("the database does not answer in time")):
            answer: Answer | Exception = self._threads.apply(in_thread)
        if isinstance(answer, Exception):
            self._report(text_of(answer))
            raise DeskDown(text_of(answer)) from None
        return answer

    def _opened(self) -> Engine:
        with self._opening:
            if self._engine is None:
                self._engine = open_database(self._database)
            return self._engine

    def close(self) -> None:
        """Close the database."""
        if self._engine is not None:
            self._engine.dispose()
