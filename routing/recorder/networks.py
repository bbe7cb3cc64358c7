"""The recorder listens to where phones register, and sends a notice when an account comes from a new network; it sends
the notices of people whom missed offers have paused, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from routing.esl.protocol import EventSocket
from routing.journal.networks import Networks
from routing.journal.notices import Notices
from routing.journal.queued_notices import QueuedNotices
from routing.journal.release import LiveProject
from routing.journal.worker import JournalWorker
from routing.recorder.live_calls import END_SECONDS
from routing.recorder.redis import opened_store

if TYPE_CHECKING:
    from routing.store.networks import RedisNetworks


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
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        worker.stop.set()
        for thread in threads:
            thread.join(END_SECONDS)


def _listen(worker: JournalWorker, where: EventSocket, redis: str, project: LiveProject) -> None:
    from routing.esl.registrations import follow_registrations  # gevent: only where it is used

    with ExitStack() as ending:
        networks = Networks(_known(redis, ending), project, worker.log, worker.now)
        follow_registrations(where, networks.registered, worker.stop.is_set)


def _notify(worker: JournalWorker, notices: Notices, redis: str, project: LiveProject) -> None:
    with ExitStack() as ending:
        QueuedNotices(
            _known(redis, ending), project, notices.mail, notices.hooks, worker.log, worker.now, worker.stop
        ).run()


def _known(redis: str, ending: ExitStack) -> RedisNetworks:
    """A memory of the thread's own."""
    from routing.store.networks import RedisNetworks  # gevent: only where Redis is used

    return RedisNetworks(opened_store(redis, ending))
