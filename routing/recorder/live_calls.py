"""The recorder listens to FreeSWITCH, so that a call whose CDR never comes is recorded all the same.

Where the node is and how its event socket is reached stands beside the spool (``routing node init``); a FreeSWITCH of
one's own is named by ``--esl`` and ROUTING_ESL_PASSWORD.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from routing.esl.protocol import EventSocket
from routing.journal.live import LiveCalls
from routing.journal.unfinished import left_behind
from routing.journal.worker import JournalWorker
from routing.model.problem import UserFailure
from routing.node import files
from routing.node.files import database_folder
from routing.recorder.threads import running

PASSWORD = "ROUTING_ESL_PASSWORD"  # noqa: S105 - the variable's name


def event_socket(spool: Path, address: str) -> EventSocket | None:
    """The event socket of the node with this spool; None when its password is not known. Raises UserFailure."""
    try:
        port, password = files.event_socket(spool.parent)
    except (OSError, ValueError, KeyError, TypeError):
        port, password = 8021, ""
    try:
        where = EventSocket.at(address or f"127.0.0.1:{port}", os.environ.get(PASSWORD, "") or password)
    except ValueError as problem:
        raise UserFailure(str(problem)) from None
    return where if where.password else None


@contextmanager
def watching(worker: JournalWorker, spool: Path, where: EventSocket | None) -> Iterator[None]:
    """Listen to FreeSWITCH while calls are recorded; the calls of one that died are recorded first."""
    record_left_behind(worker, spool)
    if where is None:
        worker.log("warning", "event socket unknown", hint=f"--esl and {PASSWORD}",
                   consequence="calls whose CDR never comes are not noticed")  # fmt: skip
        yield
        return
    from routing.esl.follow import follow  # gevent: only where it is used

    worker.live = live = LiveCalls(worker.now)
    thread = Thread(target=follow, args=(where, live, worker.stop.is_set), name="calls", daemon=True)
    try:
        with running(worker.stop, [thread]):
            yield
    finally:
        if live.kept:
            worker.log("error", "calls lost", count=live.kept, reason="ended before they could be recorded")


def record_left_behind(worker: JournalWorker, spool: Path) -> None:
    """Record the calls that a FreeSWITCH was carrying when it died."""
    home = spool.parent
    try:
        worker.record_left_behind(left_behind(database_folder(home) / "core.db", home / "run" / "freeswitch.pid"))
    except Exception as problem:
        worker.log("error", "calls of a FreeSWITCH that died cannot be recorded", problem=type(problem).__name__)
