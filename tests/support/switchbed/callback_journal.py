"""The orders of a lab with a journal's database: engines dial them, the recorder works on what the switch writes."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import CursorResult, text

from routing.callbacks.store import CallbackStore
from routing.journal.database import open_database
from routing.journal.gather import Gatherer
from routing.journal.parse import ParseContext
from routing.journal.release import project_of
from routing.journal.spool import Spool
from routing.journal.worker import JournalWorker
from routing.model.callback import CallbackOrder, CallbackSource, CallbackStatus, First
from routing.recorder.callbacks import CallbackKeeper, plans_in

from .callbacks import CLIENT, NUMBER, CallbackLab
from .engines import Engine, serving
from .waiting import until

PROJECT = "lab"


class CallbackJournal:
    """The lab with a journal's database."""

    def __init__(self, lab: CallbackLab) -> None:
        self.lab, self.database = lab, str(lab.place / "journal.db")
        self.engine = open_database(self.database)
        self.store = CallbackStore(self.engine)

    def serving(self) -> AbstractContextManager[Engine]:
        """An engine that dials."""
        return serving(self.lab, "--database", self.database, watches=self.lab.switch.settings.esl_port)

    def order(
        self, name: str = "one", number: str = CLIENT, first: First = First.PERSON, in_s: float = 0.0, **facts: Any
    ) -> CallbackOrder:
        """One order."""
        now = time.time()
        words: dict[str, Any] = {
            "scheme": "office",
            "source": CallbackSource.API,
            "dialled": NUMBER,
            "created_s": now,
        } | facts
        words |= {"not_before_s": now + in_s, "expires_s": now + 3600, "first": first}
        return self.store.order(CallbackOrder(name, PROJECT, number, **words))

    def journal(self) -> bool:
        """The recorder works once on what the switch has written."""
        keeper = CallbackKeeper(self.engine, PROJECT, _silent, time.time, plans_in(self.lab.root))
        spool = Spool(self.lab.switch.home / "spool")
        gatherer = Gatherer(spool, ParseContext(project_of=project_of), _silent, time.time)
        recording: dict[str, Any] = {"settle": keeper.settle, "recorded": keeper.finish}
        JournalWorker(self.engine, gatherer, _silent, time.time, **recording).work()
        return True

    def ended(self, name: str = "one", status: CallbackStatus | None = None) -> CallbackOrder:
        """The order, once its attempt has ended."""

        def find() -> CallbackOrder | None:
            self.journal()
            order = self.store.find(name)
            is_over = order and order.attempts and order.attempts[-1].ended_s
            return order if order and is_over and status in (None, order.status) else None

        found = until(find, 20)
        assert found, self.store.find(name)
        return found

    def rows(self, statement: str) -> CursorResult[Any]:
        """What a statement changes or finds."""
        with self.engine.begin() as connection:
            return connection.execute(text(statement))


def _silent(*_: object, **__: object) -> None: ...
