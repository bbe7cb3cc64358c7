"""``routing pops``: serves screen pops on gevent, from the live release and the engines' pops in Redis."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import gevent
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from routing.model.pop import PopsDown
from routing.pops.api import PopsApi, create
from routing.pops.hub import MOST_SCREENS, Hub, id_of
from routing.pops.local import Receiver
from routing.pops.plan import PopsPlan, plan_of
from routing.process.log import Lines
from routing.process.secrets import read_secrets, signing_secrets
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.pops import RedisPops
from routing.web.connections import ConnectionHandler
from routing.web.limits import Limiter
from routing.web.server import LivePlan, PublicSite, missing

#: How long one read from Redis waits for a pop, and the pause after a failed one.
WAIT_SECONDS, PAUSE_SECONDS = 5.0, 0.5
#: Connections of one address: an office's people, with several screens each.
MOST_OF_ADDRESS = 400


class Feeder:
    """Passes pops to the hub, from Redis and from engines of this node."""

    def __init__(self, hub: Hub, plan: Callable[[], PopsPlan | None], pops: RedisPops, receiver: Receiver) -> None:
        self._hub = hub
        self._plan = plan
        self._pops = pops
        self._receiver = receiver
        self._count = 0

    def start(self) -> None:
        """Start two greenlets that end with the process."""
        gevent.spawn(self._from_redis)
        gevent.spawn(self._from_this_node)

    def _from_redis(self) -> None:
        project, last = "", "0-0"
        while True:
            plan = self._plan()
            if plan is None or not plan.key:
                gevent.sleep(PAUSE_SECONDS)
                continue
            if plan.project != project:
                project, last = plan.project, "0-0"
            try:
                for name, text in self._pops.after(project, last, WAIT_SECONDS):
                    last = name
                    self._hub.tell(id_of(name) or (0, 0), text)
            except PopsDown:
                gevent.sleep(PAUSE_SECONDS)

    def _from_this_node(self) -> None:
        while True:
            text = self._receiver.next()
            self._count += 1
            self._hub.tell((round(time.time() * 1000), self._count), text)


class _StreamHandler(ConnectionHandler):
    """A request, and every line of an answer, has a timeout; a stream as a whole has none."""

    streams = True


def _counts(hub: Hub) -> tuple[Callable[[int], None], Callable[[], bytes]]:
    registry = CollectorRegistry()
    requests = Counter("routing_pops_requests", "Requests by HTTP status", ["status"], registry=registry)
    for name, description, value in (
        ("routing_pops_screens", "Screens that are open", lambda: hub.open),
        ("routing_pops_lost_screens", "Screens closed because they took nothing", lambda: hub.lost),
    ):
        Gauge(name, description, registry=registry).set_function(value)
    return (lambda status: requests.labels(str(status)).inc()), (lambda: generate_latest(registry))


def _faults(plan: PopsPlan | None, keys: Callable[[str], Sequence[str]]) -> Iterator[str]:
    if plan is None or not plan.key:
        yield "the live release has no screen pops: every page is refused (hint: `project: {pops: ...}` in the schemes)"
    elif not keys(plan.key):
        yield f"the secret {plan.key} is not set: every page is refused (hint: serve with --secrets FILE)"


def serve(root: Path, listen: str, status: str, redis: str, secrets: Path | None, proxies: int) -> None:
    """Serve until SIGTERM. Raises UserFailure or BadAddress when it cannot begin."""
    lines = Lines()
    known = read_secrets(secrets, os.environ)
    store = RedisStore(parse(redis), report=lambda text: lines.write("warning", "redis", words=text))
    live, hub = LivePlan(root, "table.json", plan_of, lines), Hub(time.time)
    count, metrics = _counts(hub)

    def keys(name: str) -> Sequence[str]:
        return signing_secrets(known, name) or ()

    def fault(problem: Exception) -> None:
        lines.write("error", "fault", problem=repr(problem)[:500])

    def health() -> tuple[bool, Mapping[str, Any]]:
        return live() is not None, {"redis": store.is_up, "screens": hub.open}

    missing(root, lines, _faults(live(), keys))
    api = PopsApi(live, hub, keys, Limiter(time.monotonic).wait_s, time.time, count, fault)
    bounds = MOST_SCREENS + 200, MOST_OF_ADDRESS
    with ExitStack() as stack:
        stack.callback(store.close)

        def opened() -> None:  # not before: its socket takes the place of that of a server that already runs
            receiver = stack.enter_context(closing(Receiver(root)))
            Feeder(hub, live, RedisPops(store), receiver).start()

        PublicSite(create(api), listen, status, health, metrics, lines, proxies, _StreamHandler, *bounds, opened).run()
