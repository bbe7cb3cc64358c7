"""Starts the live board of a desk: its nodes, what is beside them, its greenlets."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gevent
from gevent.threadpool import ThreadPool

from routing.desk.board_rows import Surroundings
from routing.desk.live_feed import LiveFeed
from routing.desk.live_surroundings import ReleaseQueues, SurroundingsReader
from routing.desk.pages.live import entitled
from routing.desk.plan import DeskPlan
from routing.desk.services import Services
from routing.esl.protocol import EventSocket
from routing.model.problem import UserFailure
from routing.node.files import EVENT_SOCKET, event_socket
from routing.process.memory import ESL_VARIABLE
from routing.store.address import BadAddress, parse
from routing.store.client import RedisStore
from routing.store.embedded import url

#: Threads for what the board asks and checks beside requests.
_THREADS = 3
#: Of Redis, a turn of the board.
_REDIS_SECONDS = 0.5


@dataclass(frozen=True)
class LiveSettings:
    """``nodes``: event sockets, ``host:port``; ``spools``: of nodes whose event socket stands beside; ``engines``:
    http addresses; ``redis``: the engine's, "" for the root's own."""

    nodes: Sequence[str] = ()
    spools: Sequence[Path] = ()
    engines: Sequence[str] = ()
    redis: str = ""


def event_sockets(settings: LiveSettings) -> list[EventSocket]:
    """The nodes' event sockets. Raises UserFailure for one that cannot be used."""
    password = os.environ.get(ESL_VARIABLE, "")
    try:
        found = [EventSocket.at(address, password) for address in settings.nodes]
    except ValueError as problem:
        raise UserFailure(str(problem)) from None
    if found and not password:
        raise UserFailure(f"FreeSWITCH's event socket needs its password: set {ESL_VARIABLE}")
    return [*found, *map(_of_spool, settings.spools)]


def _of_spool(spool: Path) -> EventSocket:
    home = spool.absolute().parent
    try:
        return EventSocket("127.0.0.1", *event_socket(home))
    except (OSError, ValueError, KeyError, TypeError):
        raise UserFailure(
            f"{home / EVENT_SOCKET} cannot be read (hint: --spool is that of `routing node init`; or use --esl)"
        ) from None


def redis_url(settings: LiveSettings, root: Path) -> str:
    """The engine's Redis. Raises UserFailure."""
    found = settings.redis or url(root)
    try:
        parse(found)
    except BadAddress as problem:
        raise UserFailure(f"--redis: {problem}") from None
    return found


def start(
    services: Services, settings: LiveSettings, sockets: Sequence[EventSocket]
) -> list[gevent.Greenlet[..., Any]]:
    """Begin to follow the nodes; returns the greenlets."""
    hub, pool = services.hub, ThreadPool(_THREADS)
    hub.queues = ReleaseQueues(services.root)
    reader = SurroundingsReader(
        settings.engines,
        hub.queues,
        RedisStore(parse(redis_url(settings, services.root)), budget_s=_REDIS_SECONDS),
        lambda question, address: pool.apply(question, (address,)),
    )
    hub.surroundings = _while_live(services.live, reader)
    hub.entitled = lambda viewers: pool.apply(entitled, (services, viewers))
    hub.fault, hub.now = services.fault, services.now
    feeds = [LiveFeed(where, hub.board, lambda: hub.is_watched, takeovers=hub.takeovers) for where in sockets]
    return [gevent.spawn(hub.run), *(gevent.spawn(feed.run) for feed in feeds)]


def _while_live(
    live: Callable[[], DeskPlan | None], reader: Callable[[DeskPlan], Surroundings]
) -> Callable[[], Surroundings]:
    def surroundings() -> Surroundings:
        plan = live()
        return reader(plan) if plan else Surroundings()

    return surroundings
