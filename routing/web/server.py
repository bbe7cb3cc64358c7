"""Shared by the public HTTP servers (`track`, `pops`): the listener, limits on connections, the live release's plan,
and the life cycle of the process."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import gevent
import gevent.event
import gevent.socket
from werkzeug.middleware.proxy_fix import ProxyFix

from routing.http.status import StatusServer
from routing.model.problem import UserFailure
from routing.process.log import Lines
from routing.web.connections import MOST_OF_ADDRESS, ConnectionHandler, ConnectionLimits, PublicServer

DRAIN_SECONDS = 2
#: After a plan could not be read.
RETRY_SECONDS = 1.0
#: Open files in addition to the connections.
SPARE_DESCRIPTORS = 100
Plan = TypeVar("Plan")
Listening = TypeVar("Listening")


class LivePlan(Generic[Plan]):
    """The plan in a file of the live release, read again after every publish, and until reading succeeds.

    ``clock`` gives monotonic seconds.
    """

    def __init__(
        self,
        root: Path,
        file: str,
        plan_of: Callable[[Mapping[str, Any]], Plan],
        lines: Lines,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._current = root / "current"
        self._file = file
        self._plan_of = plan_of
        self._lines = lines
        self._clock = clock
        self._name = ""
        self._plan: Plan | None = None
        #: The release that could not be read, why, and when it is tried again.
        self._failed, self._why, self._again_s = "", "", 0.0

    def __call__(self) -> Plan | None:
        """The plan; None when nothing is published. While a release cannot be read the previous plan stays, and reading
        is tried every second."""
        try:
            name = os.readlink(self._current)
        except OSError:
            self._name, self._plan = "", None
            return None
        if name != self._name and (name != self._failed or self._clock() >= self._again_s):
            self._read(name)
        return self._plan

    def _read(self, name: str) -> None:
        try:
            text = (self._current.parent / name / self._file).read_bytes()
            self._plan = self._plan_of(json.loads(text))
            self._name, self._failed, self._why = name, "", ""
            return
        except FileNotFoundError as problem:  # a release by a version that did not write it
            self._plan, why = None, repr(problem)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
            why = repr(problem)
        self._failed, self._again_s = name, self._clock() + RETRY_SECONDS
        if why != self._why:
            self._why = why
            self._lines.write("error", "plan", file=self._file, problem=why[:200])


def missing(root: Path, lines: Lines, faults: Iterable[str]) -> None:
    """Log at start why pages get nothing: there is no release, or the live one has a fault."""
    if not (root / "current").is_dir():
        faults = [f"no release is live in {root}: pages get nothing (hint: routing publish --root {root})"]
    for fault in faults:
        lines.write("warning", "missing", words=fault)


@dataclass
class PublicSite:
    """An application and how it is served. ``proxies``: the number of trusted proxies in front; ``stop`` ends it."""

    application: Any
    listen: str
    status: str
    health: Callable[[], tuple[bool, Mapping[str, Any]]]
    metrics: Callable[[], bytes]
    lines: Lines
    proxies: int
    handler: type[ConnectionHandler]
    most_connections: int
    of_address: int = MOST_OF_ADDRESS
    #: Called once it listens, before it serves.
    opened: Callable[[], None] = lambda: None
    stop: gevent.event.Event = field(default_factory=gevent.event.Event)

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises UserFailure when it cannot listen."""
        with closing(_opened(self.listen, _listener)) as listener:
            self._serve(listener)

    def _serve(self, listener: Any) -> None:
        application = (
            ProxyFix(self.application, x_for=self.proxies, x_proto=self.proxies) if self.proxies else self.application
        )
        _raise_descriptors(self.most_connections)
        # behind a proxy all connections come from it: the proxy limits connections, the API requests and leases
        server = PublicServer(
            listener,
            application,
            self.handler,
            ConnectionLimits(self.most_connections, 0 if self.proxies else self.of_address),
        )
        watch = _opened(self.status, lambda place: StatusServer(_address(place), self.health, self.metrics))
        self.opened()
        watch.start()
        server.start()
        self.lines.write("info", "started", listen=_shown(listener), http=_shown(watch.socket), pid=os.getpid())
        gevent.signal_handler(signal.SIGTERM, self.stop.set)
        gevent.signal_handler(signal.SIGINT, self.stop.set)
        self.stop.wait()
        server.stop(timeout=DRAIN_SECONDS)
        watch.shutdown()
        self.lines.write("info", "stopped")


def _opened(place: str, listen: Callable[[str], Listening]) -> Listening:
    """What listens at a place, ``HOST:PORT``. Raises UserFailure."""
    try:
        return listen(place)
    except OSError as problem:
        raise UserFailure(f"cannot listen on {place}: {(problem.strerror or str(problem)).lower()}") from None


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def _listener(text: str) -> Any:
    host, port = _address(text)
    listener = gevent.socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # inherited by accepted sockets: an answer must not wait for the client's acknowledgement of its headers
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


def _raise_descriptors(connections: int) -> None:
    """Allow as many open files as the connections need, up to the system's hard limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + SPARE_DESCRIPTORS
    most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _shown(listening: Any) -> str:
    host, port = listening.getsockname()[:2]
    return f"{host}:{port}"
