"""The port `callbacks` of a worker: plans from releases, orders into the journal's database, off the event loop.

SQLAlchemy costs a worker half a second and 20 MB: only workers whose releases call clients back load it, in a thread.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from secrets import token_hex

from gevent.threadpool import ThreadPool

from routing.model.callback import CallbackOrder, OrdersDown
from routing.model.callback_plan import CallbackPlan
from routing.release.tables import ReleaseFault, Releases

#: Writes at the same time; more wait for a free thread, within their step's timeout.
THREADS = 4
_WRITER = "routing.engine.order_writer"


class StoredCallbacks:
    """`routing.decide.ports.CallbackOrders`. ``database``: the journal's URL or file, "" for none."""

    def __init__(self, releases: Releases, database: str) -> None:
        self._releases, self._database = releases, database
        self._threads = ThreadPool(THREADS)
        self._write: Callable[[CallbackOrder], CallbackOrder] | None = None

    def plan(self, release: str) -> CallbackPlan:
        """See CallbackOrders."""
        try:
            return self._releases.callbacks(release)
        except ReleaseFault as problem:
            raise OrdersDown(str(problem)) from None

    def order(self, new: CallbackOrder) -> CallbackOrder:
        """See CallbackOrders. A greenlet that stops waiting may leave an order that is written afterwards: the caller
        is then called back although they did not hear so."""
        if not self._database:
            raise OrdersDown("the engine has no database")
        order: CallbackOrder = self._threads.apply(self._written, (replace(new, id=new.id or token_hex(16)),))
        return order

    def warm(self) -> None:
        """Load what writes orders, before a call needs it."""
        if self._database:
            self._threads.apply(self._writer)

    def _written(self, new: CallbackOrder) -> CallbackOrder:
        return self._writer()(new)

    def _writer(self) -> Callable[[CallbackOrder], CallbackOrder]:
        if self._write is None:
            self._write = importlib.import_module(_WRITER).OrderWriter(self._database)
        return self._write
