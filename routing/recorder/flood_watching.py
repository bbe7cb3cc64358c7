"""The thread of the recorder that watches for floods of calls, while the live release asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from routing.esl.protocol import EventSocket
from routing.journal.release import LiveProject
from routing.journal.worker import JournalWorker
from routing.model.flood import TABLE, FloodPlan, plan_of
from routing.recorder.plans import ReleasePlans
from routing.recorder.redis import opened_store
from routing.recorder.threads import running

if TYPE_CHECKING:
    from routing.store.client import RedisStore

#: How soon a release with the setting is noticed.
LOOK_SECONDS = 2.0


@contextmanager
def watching_floods(
    worker: JournalWorker, where: EventSocket | None, redis: str, project: LiveProject
) -> Iterator[None]:
    """Watch for as long as the block runs. Nobody does without a FreeSWITCH and releases."""
    if where is None or project.root is None:
        yield
        return
    thread = Thread(target=_watch, args=(worker, where, redis, project), name="floods", daemon=True)
    with running(worker.stop, [thread]):
        yield


def _watch(worker: JournalWorker, where: EventSocket, redis: str, project: LiveProject) -> None:
    live = ReleasePlans[FloodPlan](project.root, TABLE, plan_of).live
    while not worker.stop.is_set():
        if live():
            with ExitStack() as ending:
                _guard(worker, where, opened_store(redis, ending) if redis else None, project, live)
        worker.stop.wait(LOOK_SECONDS)


def _guard(
    worker: JournalWorker,
    where: EventSocket,
    store: RedisStore | None,
    project: LiveProject,
    live: Callable[[], FloodPlan | None],
) -> None:
    from routing.esl.arrivals import watch_arrivals  # gevent and the compiler: only where they are used
    from routing.recorder.floods import FloodGuard
    from routing.store.floods import RedisFloods
    from routing.store.networks import RedisNetworks

    assert project.root
    put = RedisNetworks(store).put if store else None
    guard = FloodGuard(
        project.root, live, lambda: project.zone, worker.engine, put, worker.log, worker.now, worker.counts,
        RedisFloods(store) if store else None,
    )  # fmt: skip
    watch_arrivals(where, guard, lambda: worker.stop.is_set() or live() is None)
