"""Redis servers of a test's own, to be stopped and brought back: one alone, a master with its replica and a Sentinel, a
cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from redis.crc import key_slot

from routing.store.address import parse
from routing.store.client import RedisStore
from support.redis_server import Server, free_port, until

HOST, SLOTS = "127.0.0.1", 16384
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


@contextlib.contextmanager
def clustered(folder: Path, key: str) -> Iterator[tuple[Server, str]]:
    """Three masters, one of them with a replica: the master that holds a key, and the URL of all."""
    whole = range(SLOTS)
    parts = [whole[at::3] for at in range(3)]  # every third slot each
    at_ports = [free_port() for _ in range(4)]
    with contextlib.ExitStack() as stack:
        servers = []
        for at in at_ports:
            servers.append(
                Server(folder / f"node{at}", at, "--cluster-enabled", "yes", "--cluster-node-timeout", "1500")
            )
            stack.callback(servers[-1].stop)
        for at, slots in zip(at_ports, parts, strict=False):
            _asked(at, "CLUSTER", "ADDSLOTS", *map(str, slots))
        for at in at_ports[1:]:
            _asked(at, "CLUSTER", "MEET", HOST, str(at_ports[0]))
        until(lambda: all(b"cluster_known_nodes:4" in _asked(at, "CLUSTER", "INFO") for at in at_ports))
        until(lambda: all(b"cluster_state:ok" in _asked(at, "CLUSTER", "INFO") for at in at_ports))
        holder = next(at for at, slots in enumerate(parts) if key_slot(key.encode()) in slots)
        _asked(at_ports[3], "CLUSTER", "REPLICATE", _asked(at_ports[holder], "CLUSTER", "MYID").decode())
        until(lambda: _asked(at_ports[3], "ROLE")[3] == b"connected")
        yield servers[holder], f"redis+cluster://{','.join(f'{HOST}:{at}' for at in at_ports)}"


def store_at(url: str) -> RedisStore:
    """A patient store, for what a test itself writes and reads."""
    return RedisStore(parse(url), budget_s=2.0)


def _asked(port: int, *command: str):
    store = store_at(f"redis://127.0.0.1:{port}")
    try:
        return store.ask("x", command)[0]
    finally:
        store.close()
