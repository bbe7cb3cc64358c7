"""Real Redis servers on unix sockets and free ports; without redis-server these tests say so and are skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from routing.store.address import parse
from routing.store.client import RedisStore
from support.redis_needed import needs_redis
from support.redis_server import Server, free_port
from support.waiting import until


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(needs_redis)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers of a test's own: ``servers()`` on a socket, ``servers(port, "--option", "value")``."""
    running: list[Server] = []

    def start(port: int = 0, *options: str, **more: str) -> Server:
        running.append(Server(tmp_path / f"redis{len(running)}", port, *options, **more))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def store_at() -> Iterator[Callable[..., RedisStore]]:
    """Stores by URL; patient, because the tests' machine is slow; closed at the end."""
    made: list[RedisStore] = []

    def make(url: str, budget_s: float = 5.0, **more: object) -> RedisStore:
        made.append(RedisStore(parse(url), budget_s=budget_s, **more))
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(shared: Server, store_at: Callable[..., RedisStore]) -> RedisStore:
    """A store in an empty Redis."""
    here = store_at(shared.url)
    here.ask("x", ("FLUSHALL",))
    return here


@pytest.fixture
def cluster(cluster_servers: tuple[Server, Server]) -> tuple[int, int]:
    """The ports of a cluster's two nodes."""
    return cluster_servers[0].port, cluster_servers[1].port


@pytest.fixture
def cluster_servers(servers: Callable[..., Server], store_at: Callable[..., RedisStore]) -> tuple[Server, Server]:
    """A cluster's two nodes, each with half of the slots."""
    first, second = free_port(), free_port()

    def ask(port: int, *command: str) -> object:
        return store_at(f"redis://127.0.0.1:{port}").ask("x", command)[0]

    both = servers(first, "--cluster-enabled", "yes"), servers(second, "--cluster-enabled", "yes")
    ask(first, "CLUSTER", "ADDSLOTS", *map(str, range(8192)))
    ask(second, "CLUSTER", "ADDSLOTS", *map(str, range(8192, 16384)))
    ask(first, "CLUSTER", "MEET", "127.0.0.1", str(second))
    for port in (first, second):
        until(lambda port=port: b"cluster_state:ok" in ask(port, "CLUSTER", "INFO"))  # type: ignore[misc]
    return both
