"""Orders to call clients back, in a worker: the port `callbacks` of decisions, and the dialler of the orders that are
due. Plans come from releases; the journal's database is used off the event loop.

SQLAlchemy costs a worker half a second and 20 MB: only workers whose releases call clients back load it, in a thread.
"""

from __future__ import annotations

import importlib
import os
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Any

from gevent.event import Event
from gevent.threadpool import ThreadPool

from routing.engine import metrics
from routing.engine.callback_calls import NodesSwitch, keep_dialling
from routing.engine.colleague_dialler import ColleagueDialler
from routing.engine.dialler import Dialler
from routing.engine.dialler_ports import LiveRelease, OtherNodes
from routing.engine.free_people import FreePeople
from routing.esl.client import EventSocketClient, stay_connected
from routing.esl.protocol import EventSocket
from routing.model.callback import CallbackOrder, OrdersDown
from routing.model.callback_plan import TABLE, CallbackPlan
from routing.process.log import Recurring
from routing.release.drained import is_drained
from routing.release.tables import ReleaseFault, Releases

#: Writes at the same time; more wait for a free thread, within their step's timeout.
THREADS = 4
_WRITER, _BOOK = "routing.engine.order_writer", "routing.engine.order_book"


def _counted(what: str) -> None:
    metrics.CALLBACKS.labels(what).inc()


class StoredCallbacks:
    """`routing.decide.ports.CallbackOrders`. ``database``: the journal's URL or file, "" for none."""

    def __init__(self, releases: Releases, database: str) -> None:
        self._releases, self._database = releases, database
        self._threads = ThreadPool(THREADS)
        #: No call is being begun.
        self.idle = Event()
        self.idle.set()
        self._write: Any = None

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

    def no_longer_awaiting(self, project: str, person: str, awaits: str, now: float) -> int:
        """See CallbackOrders."""
        if not self._database:
            raise OrdersDown("the engine has no database")
        count: int = self._threads.apply(lambda: self._writer().no_longer_awaiting(project, person, awaits, now))
        return count

    def dial(
        self, free: FreePeople, others: OtherNodes | None, where: EventSocket, root: Path, stop: Event,
        log: Callable[..., None],
    ) -> None:  # fmt: skip
        """Dial the orders that are due until ``stop``, as long as no other worker and no other engine does."""
        if not self._database:
            return
        threads = ThreadPool(1)
        owner = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"

        def live() -> LiveRelease | None:
            return self._live(root)

        def diallers_of(switch: NodesSwitch) -> tuple[Dialler, ColleagueDialler]:
            book = threads.apply(importlib.import_module, (_BOOK,)).StoredOrders(self._database, threads.apply)
            dialler = Dialler(book, switch, live, owner, time.time, log, stopping=stop.is_set, count=_counted,
                              free=free, others=others, directory=self._releases.directory)  # fmt: skip
            colleagues = ColleagueDialler(book, switch, live, self._releases.directory, free, time.time, log,
                                          stopping=stop.is_set)  # fmt: skip
            return dialler, colleagues

        def dial(client: EventSocketClient) -> None:
            keep_dialling(client, live, diallers_of, lambda: is_drained(root), stop, log)

        faults = Recurring()

        def lost(reason: str) -> None:
            if faults.is_due(reason):
                log("warning", "callbacks not dialled", problem=reason)

        self.idle.clear()
        try:
            stay_connected(where, dial, lost, stop.is_set)
        finally:
            self.idle.set()

    def _live(self, root: Path) -> LiveRelease | None:
        """The live release, if it calls clients back."""
        try:
            folder = str((root / "current").resolve(strict=True))
            return LiveRelease(folder, self._releases.callbacks(folder)) if Path(folder, TABLE).is_file() else None
        except (OSError, ReleaseFault):
            return None

    def warm(self) -> None:
        """Load what writes orders and open the database, before a call needs them."""
        if self._database:
            self._threads.apply(lambda: self._writer().open())

    def _written(self, new: CallbackOrder) -> CallbackOrder:
        order: CallbackOrder = self._writer()(new)
        return order

    def _writer(self) -> Any:
        if self._write is None:
            self._write = importlib.import_module(_WRITER).OrderWriter(self._database)
        return self._write
