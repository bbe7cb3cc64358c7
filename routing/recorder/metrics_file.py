"""The recorder's file of metrics for Prometheus, with how orders to call back and exports stand."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Engine

from routing.callbacks.store import CallbackStore
from routing.journal.counts import Counts
from routing.journal.exports import waiting
from routing.journal.metrics import reporting
from routing.recorder.settings import RecorderSettings


def writing_metrics(settings: RecorderSettings, engine: Engine) -> Callable[[Counts], None]:
    """A function that writes the file after each pass."""
    assert settings.metrics
    write, store = reporting(settings.metrics), CallbackStore(engine)

    def report(counts: Counts) -> None:
        counts.callbacks_open, overdue_s = store.waiting(settings.project.name, time.time())
        counts.callbacks_overdue_s = round(overdue_s, 1)
        outbox = waiting(engine, settings.project.name)
        counts.exports_waiting = outbox.waiting
        counts.exports_oldest_s = round(max(time.time() - outbox.oldest_s, 0.0), 1) if outbox.waiting else 0.0
        write(counts)

    return report
