"""The recorder listens to where phones register, and sends a notice when an account comes from a new network; it sends
the notices of people whom missed offers have paused, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread

from routing.esl.protocol import EventSocket
from routing.journal.networks import Networks
from routing.journal.notices import Notices
from routing.journal.queued_notices import QueuedNotices
from routing.journal.release import LiveProject
from routing.journal.worker import JournalWorker
from routing.recorder.redis import opened_networks
from routing.recorder.threads import running


@contextmanager
def watching_networks(
    worker: JournalWorker,
    notices: Notices | None,
    where: EventSocket | None,
    redis: str,
    project: LiveProject,
) -> Iterator[None]:
    """Two threads for as long as the block runs: one that listens, with a FreeSWITCH, and one that sends. None without
    notices and a Redis."""
    if notices is None or not redis:
        yield
        return
    threads = [Thread(target=_notify, args=(worker, notices, redis, project), name="queued notices", daemon=True)]
    if where is not None:
        threads.append(Thread(target=_listen, args=(worker, where, redis, project), name="networks", daemon=True))
    with running(worker.stop, threads):
        yield


def _listen(worker: JournalWorker, where: EventSocket, redis: str, project: LiveProject) -> None:
    from routing.esl.registrations import follow_registrations  # gevent: only where it is used

    with ExitStack() as ending:
        networks = Networks(opened_networks(redis, ending), project, worker.log, worker.now)
        follow_registrations(where, networks.registered, worker.stop.is_set)


def _notify(worker: JournalWorker, notices: Notices, redis: str, project: LiveProject) -> None:
    with ExitStack() as ending:
        QueuedNotices(
            opened_networks(redis, ending), project, notices.mail, notices.hooks, worker.log, worker.now, worker.stop
        ).run()
