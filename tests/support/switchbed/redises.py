"""Redis servers of a test's own, one alone or a master, its replica and a Sentinel, to be stopped and brought back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from routing.store.address import parse
from routing.store.client import RedisStore
from support.redis_server import Server, free_port, until

_WATCHING = """
sentinel monitor bed 127.0.0.1 {port} 1
sentinel down-after-milliseconds bed 1500
sentinel failover-timeout bed 3000
"""


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[Server]:
    """One server that writes everything to disk, as the engine's own does."""
    server = Server(folder, free_port(), "--appendonly", "yes", "--appendfsync", "always")
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def replicated(folder: Path) -> Iterator[tuple[Server, str]]:
    """The master and the URL by which Sentinel's word is asked."""
    first, second, watcher = free_port(), free_port(), free_port()
    with contextlib.ExitStack() as stack:
        master = Server(folder / "master", first)
        stack.callback(master.stop)
        replica = Server(folder / "replica", second, "--replicaof", "127.0.0.1", str(first))
        stack.callback(replica.stop)
        sentinel = Server(folder / "sentinel", watcher, watching=_WATCHING.format(port=first))
        stack.callback(sentinel.stop)
        until(lambda: _asked(second, "ROLE")[3] == b"connected")
        until(lambda: _asked(watcher, "SENTINEL", "REPLICAS", "bed"))
        yield master, f"redis+sentinel://127.0.0.1:{watcher}/bed"


def store_at(url: str) -> RedisStore:
    """A patient store, for what a test itself writes and reads."""
    return RedisStore(parse(url), budget_s=2.0)


def _asked(port: int, *command: str):
    store = store_at(f"redis://127.0.0.1:{port}")
    try:
        return store.ask("x", command)[0]
    finally:
        store.close()
