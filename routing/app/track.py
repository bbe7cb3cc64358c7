"""``routing track``: serves the tracking API on gevent, from the live release and Redis."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import gevent
import gevent.event
from gevent.pool import Pool
from gevent.pywsgi import WSGIHandler, WSGIServer
from prometheus_client import CollectorRegistry, Counter, generate_latest
from werkzeug.middleware.proxy_fix import ProxyFix

from routing.app.log import Lines
from routing.app.memory import REDIS_VARIABLE
from routing.app.secrets import SecretsFault, read_secrets, signing_secrets
from routing.http.status import StatusServer
from routing.store.address import BadAddress, parse
from routing.store.client import Store
from routing.store.embedded import url
from routing.store.leases import RedisLeases
from routing.track.api import Api, create
from routing.track.limits import Limiter
from routing.track.plan import Plan, plan_of

MOST_CONNECTIONS = 2_000
#: A connection's whole life; browsers open another.
CONNECTION_SECONDS = 60
DRAIN_SECONDS = 2
FILE = click.Path(path_type=Path)


class Live:
    """The plan of the live release, read again when another one is published."""

    def __init__(self, root: Path, lines: Lines) -> None:
        self._current = root / "current"
        self._lines = lines
        self._name = ""
        self._plan: Plan | None = None

    def __call__(self) -> Plan | None:
        """The plan; None when nothing is published. A release that cannot be read leaves the one before."""
        try:
            name = os.readlink(self._current)
            if name != self._name:
                self._name = name
                text = (self._current / "tracking.json").read_bytes()
                self._plan = plan_of(json.loads(text))
        except FileNotFoundError:
            self._plan = None
        except (OSError, ValueError, KeyError, TypeError) as problem:
            self._lines.write("error", "tracking", problem=repr(problem)[:200])
        return self._plan


class _Handler(WSGIHandler):
    """A connection that nobody finishes in time is closed: slow senders hold nothing for long."""

    def handle(self) -> None:
        with gevent.Timeout(CONNECTION_SECONDS, False):  # type: ignore[arg-type]
            super().handle()


def _counts() -> tuple[Callable[[str, str], None], Callable[[], bytes]]:
    registry = CollectorRegistry()
    requests = Counter(
        "routing_track_requests",
        "Requests by what was asked (session, view) and how it ended (lent, overflow, store_down, no_pool, ...)",
        ["asked", "outcome"],
        registry=registry,
    )
    return (lambda what, outcome: requests.labels(what, outcome).inc()), (lambda: generate_latest(registry))


def serve(root: Path, listen: str, status: str, redis: str, secrets: Path | None, proxies: int) -> None:
    """Serve until SIGTERM. Raises SecretsFault, BadAddress or OSError when it cannot begin."""
    lines = Lines()
    known = read_secrets(secrets, os.environ)
    store = Store(parse(redis), report=lambda words: lines.write("warning", "redis", words=words))
    count, metrics = _counts()
    live = Live(root, lines)

    def keys(name: str) -> Sequence[str]:
        return signing_secrets(known, name) or ()

    def fault(problem: Exception) -> None:
        lines.write("error", "fault", problem=repr(problem)[:500])

    api = Api(live, RedisLeases(store), Limiter(time.monotonic), keys, time.time, count, fault)
    application: Any = create(api)
    if proxies:
        application = ProxyFix(application, x_for=proxies)
    listener = _listener(listen)
    server = WSGIServer(
        listener, application, log=None, error_log=None, handler_class=_Handler, spawn=Pool(MOST_CONNECTIONS)
    )
    watch = StatusServer(_address(status), lambda: (live() is not None, {"redis": store.is_up}), metrics)
    watch.start()
    server.start()
    lines.write("info", "started", listen=_shown(listener), http=_shown(watch.socket), pid=os.getpid())
    stop = gevent.event.Event()
    gevent.signal_handler(signal.SIGTERM, stop.set)
    gevent.signal_handler(signal.SIGINT, stop.set)
    stop.wait()
    server.stop(timeout=DRAIN_SECONDS)
    watch.shutdown()
    store.close()
    lines.write("info", "stopped")


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise click.UsageError(f"{text!a} is not HOST:PORT")
    return host.strip("[]"), int(port)


def _listener(text: str) -> Any:
    from gevent.socket import socket as gevent_socket

    host, port = _address(text)
    listener = gevent_socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # taken over by every accepted socket: an answer must not wait for the page's acknowledgement of its headers
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind((host, port))
    listener.listen(1024)
    return listener


def _shown(listening: Any) -> str:
    host, port = listening.getsockname()[:2]
    return f"{host}:{port}"


@click.command()
@click.option("--root", type=FILE, required=True, help="Release root: what compile writes.")
@click.option("--listen", default="127.0.0.1:8087", show_default=True, help="Where pages ask.")
@click.option("--http", default="127.0.0.1:8088", show_default=True, help="Where /health, /metrics are.")
@click.option("--secrets", type=FILE, help="File of NAME=value lines, mode 0600.")
@click.option("--proxies", type=click.IntRange(0, 5), default=0, show_default=True, help="Trusted proxies in front.")
def track(root: Path, listen: str, http: str, secrets: Path | None, proxies: int) -> None:
    """Serve the tracking API: numbers of pools for visitors of the sites.

    Redis is where ROUTING_REDIS says, else the engine's own.
    """
    try:
        serve(root, listen, http, os.environ.get(REDIS_VARIABLE) or url(root), secrets, proxies)
    except (SecretsFault, BadAddress, OSError) as problem:
        click.echo(f"routing track: {problem}", err=True)
        sys.exit(1)
