"""The recorder listens to where phones register, and sends a notice when an account comes from a new network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread

from routing.esl.protocol import EventSocket
from routing.journal.networks import NetworkMemory, NetworkNotices, Networks, ProjectAccounts
from routing.journal.notices import Notices
from routing.journal.worker import JournalWorker
from routing.recorder.live_calls import END_SECONDS
from routing.recorder.redis import opened_store


@contextmanager
def watching_networks(
    worker: JournalWorker,
    notices: Notices | None,
    where: EventSocket | None,
    redis: str,
    project: ProjectAccounts,
) -> Iterator[None]:
    """Two threads for as long as the block runs; none without notices, a FreeSWITCH and a Redis."""
    if notices is None or where is None or not redis:
        yield
        return
    threads = [
        Thread(target=_listen, args=(worker, where, redis, project), name="networks", daemon=True),
        Thread(target=_notify, args=(worker, notices, redis, project), name="network notices", daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        worker.stop.set()
        for thread in threads:
            thread.join(END_SECONDS)


def _listen(worker: JournalWorker, where: EventSocket, redis: str, project: ProjectAccounts) -> None:
    from routing.esl.registrations import follow_registrations  # gevent: only where it is used

    with ExitStack() as ending:
        networks = Networks(_known(redis, ending), project, worker.log, worker.now)
        follow_registrations(where, networks.registered, worker.stop.is_set)


def _notify(worker: JournalWorker, notices: Notices, redis: str, project: ProjectAccounts) -> None:
    with ExitStack() as ending:
        NetworkNotices(
            _known(redis, ending), project, notices.mail, notices.hooks, worker.log, worker.now, worker.stop
        ).run()


def _known(redis: str, ending: ExitStack) -> NetworkMemory:
    """A memory of the thread's own."""
    from routing.store.networks import RedisNetworks  # gevent: only where Redis is used

    return RedisNetworks(opened_store(redis, ending))
