"""A real Redis for what must be atomic; tests that need it are skipped, with the reason, where it is not installed. A
browser, and a site with the callback form whose API is in memory."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import datetime

import pytest

from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.leases import RedisLeases
from routing.store.program import program
from support.browser import Browser, Driver
from support.callback_stub import KYIV, Api, Site, slots
from support.callback_visitor import OPENER, FormVisitor
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


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser's window."""
    driver = Driver(tmp_path_factory.mktemp("browsers"))
    yield driver.browser()
    driver.close()


@pytest.fixture
def api() -> Iterator[Api]:
    """The API of callbacks, in memory."""
    server = Api()
    server.answers.slots = slots(datetime.now(KYIV))
    yield server
    server.answers.gate.set()
    server.end()


@pytest.fixture
def site(api: Api) -> Iterator[Site]:
    """A site with the form's button; no other origin may ask the API."""
    server = Site(api.origin)
    api.allowed = server.origin
    server.fill |= {"MARKS": 'data-callback="button"', "BODY": OPENER}
    yield server
    server.end()


@pytest.fixture
def visitor(window: Browser, site: Site) -> Iterator[FormVisitor]:
    """Somebody who was never there. The page must be without a fault, of its policy too."""
    window.visit(f"{site.origin}/blank")
    window.run("localStorage.clear(); sessionStorage.clear()")
    window.devtools("Emulation.setTimezoneOverride", timezoneId="Europe/Kyiv")
    yield FormVisitor(window, site)
    window.devtools("Emulation.clearDeviceMetricsOverride")
    window.devtools("Emulation.setEmulatedMedia", features=[])
    assert window.run("return window.faults || []") == []
