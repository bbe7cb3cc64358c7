"""A real Redis for what must be atomic; tests that need it are skipped, with the reason, where it is not installed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.leases import RedisLeases
from routing.store.program import program
from support.processes import launch
from support.redis_needed import WHY


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty Redis on a unix socket."""
    server = program()
    if server is None:
        pytest.skip(WHY)
    folder = tmp_path_factory.mktemp("redis")
    command = [server, "--port", "0", "--unixsocket", str(folder / "s"), "--save", "", "--dir", str(folder)]
    with launch(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "eady to accept connections" in line:
                break
        yield f"unix://{folder / 's'}"
        process.terminate()
        process.stdout.read()


@pytest.fixture
def store(redis_url: str) -> Iterator[RedisStore]:
    """A connection to it, with patience: these tests are about what is kept, not how quickly."""
    store = RedisStore(parse(redis_url), budget_s=10.0)
    store.ask("x", ("FLUSHALL",))
    yield store
    store.close()


@pytest.fixture
def leases(store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> RedisLeases:
    """Leases in it."""
    monkeypatch.setattr("routing.store.leases.PAGE_BUDGET_SECONDS", 10.0)
    return RedisLeases(store)
