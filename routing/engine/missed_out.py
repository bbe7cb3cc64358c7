"""People whom missed offers have paused: a log line, a metric, and a notice that waits for the journal in Redis.

The queue never waits for the notice: it is put there in a greenlet of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import gevent

from routing.engine import metrics
from routing.model.notice import MissedOut, put_in_queue
from routing.model.queue import QueueSettings


@dataclass
class MissedOutNotices:
    """``log``: level, event, facts; ``put``: queues a notice once (project, its name, its text); raises Forgotten; None
    without Redis."""

    log: Callable[..., None]
    put: Callable[[str, str, str], None] | None
    now: Callable[[], float] = time.time

    def __call__(self, queue: QueueSettings, person: str, until_ms: int) -> None:
        """A queue has paused a person. Does not block."""
        metrics.MISSED_OUT.inc()
        until = datetime.fromtimestamp(until_ms / 1000, UTC).isoformat(timespec="seconds")
        self.log("warning", "missed", person=person, queue=queue.name, paused_until=until)
        notice = MissedOut(queue.project, queue.name, person, self.now(), until_ms / 1000)
        gevent.spawn(put_in_queue, notice, self.put, self.log)
