"""A page in a real Chromium on the command `routing pops` and a real Redis: the page of docs, word for word."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from routing.engine.screens import PopSender
from routing.model.pop import Card, Pop
from routing.store.client import RedisStore
from routing.store.pops import RedisPops
from support.browser import Browser, Driver, missing
from support.documents import DOCS
from support.folders import compiled, laid_out
from support.http_servers import running
from support.processes import launch

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
KEY = "a-key-of-the-server"
PROJECT = """
project:
  name: standartpark
  timezone: Europe/Kyiv
  pops: {origins: "%s", key: POPS_KEY}
people: {ivan: {name: I, phones: {desk: {sip: "1001"}}}, olena: {name: O, phones: {desk: {sip: "1002"}}}}
"""


def page() -> str:
    """The page in docs."""
    found = re.search(
        r"^ +<!doctype html>.*?</script>$",
        (DOCS / "howto" / "screens.rst").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert found
    return found[0]


class Crm(ThreadingHTTPServer):
    """A CRM's site: the page, and tokens for it from the API."""

    daemon_threads = True
    api = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.origin = f"http://127.0.0.1:{self.server_port}"


class _Page(BaseHTTPRequestHandler):
    server: Crm

    def do_GET(self) -> None:
        if self.path == "/pops-token":
            answer = requests.post(
                f"{self.server.api}/v1/pops/token?person=ivan", headers={"Authorization": f"Bearer {KEY}"}, timeout=20
            )
            return self._said(answer.status_code, answer.text)
        return self._said(200, page().replace("https://pops.example.com", self.server.api))

    def _said(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Pages are not logged."""


@pytest.fixture
def crm() -> Iterator[Crm]:
    with running(Crm()) as server:
        yield server


@pytest.fixture
def root(crm: Crm, tmp_path: Path) -> Path:
    (tmp_path / "s").mkdir()
    (tmp_path / "s/p.yaml").write_text(PROJECT % crm.origin)
    (tmp_path / "s/a.yaml").write_text('scheme: a\nnumbers: "+380800330521"\nsteps: [{ring: ivan}, hangup]\n')
    root = tmp_path / "root"
    root.mkdir()
    (root / "current").symlink_to(compiled(laid_out(tmp_path / "s", tmp_path / "schemes"), root).folder)
    return root


@pytest.fixture
def start(crm: Crm, root: Path, redis_url: str) -> Iterator[Callable[[str], str]]:
    """Starts the command at an address; what it says is that it is well."""
    running: list[subprocess.Popen[str]] = []

    def begin(listen: str = "127.0.0.1:0") -> str:
        command = [sys.executable, "-m", "routing", "pops", "--root", str(root)]
        command += ["--listen", listen, "--http", "127.0.0.1:0"]
        environment = {**os.environ, "ROUTING_REDIS": redis_url, "POPS_KEY": KEY}
        process = launch(command, stderr=subprocess.PIPE, text=True, env=environment)
        assert process.stderr is not None
        running.append(process)
        started = json.loads(process.stderr.readline())
        crm.api = f"http://{started['listen']}"
        return str(started["http"])

    def end() -> None:
        process = running.pop()
        process.terminate()
        _, said = process.communicate(timeout=20)
        assert (process.returncode, "fault" in said) == (0, False), said

    begin.end = end  # type: ignore[attr-defined]
    yield begin
    while running:
        end()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    driver = Driver(tmp_path / "browsers")
    yield driver.browser()
    driver.close()


def pop(person: str, call: str) -> Pop:
    card = Card("bitrix24", "deal", "17", "Олена <b>Клієнт", "https://crm.example.com/deal/17/")
    phones = (f"{person}.desk",)
    return Pop(call, person, phones, "+380671234567", "+380800330521", "a", "crm", card.name, card)


def test_a_pop_arrives_in_the_page_and_after_a_restart_what_was_missed(
    crm: Crm, root: Path, start: Callable[[str], str], browser: Browser, store: RedisStore
) -> None:
    ways: list[str] = []
    tell = PopSender(root, RedisPops(store), ways.append)
    status = start("127.0.0.1:0")
    browser.visit(crm.origin)
    browser.until("pops.readyState === 1")
    for each in (pop("olena", "uuid-0"), pop("ivan", "uuid-1")):
        tell("standartpark", each)
    tell._pool.join()
    assert ways == ["redis", "redis"]
    browser.until("document.querySelectorAll('#calls a').length === 1")
    said = browser.run("return [...document.querySelectorAll('#calls a')].map(a => [a.textContent, a.href])")
    assert said == [["+380671234567 Олена <b>Клієнт", "https://crm.example.com/deal/17/"]]
    assert requests.get(f"http://{status}/health", timeout=20).json()["screens"] == 1
    start.end()  # type: ignore[attr-defined]
    tell("standartpark", pop("ivan", "uuid-2"))
    tell._pool.join()
    start(crm.api.removeprefix("http://"))
    browser.until("document.querySelectorAll('#calls a').length === 2")
    assert browser.run("return document.querySelectorAll('#calls a').length") == 2


def test_a_page_of_another_site_is_told_nothing(crm: Crm, start: Callable[[str], str], browser: Browser) -> None:
    start("127.0.0.1:0")
    token = requests.get(f"{crm.origin}/pops-token", timeout=20).json()["token"]
    browser.visit("about:blank")
    browser.run(f"window.pops = new EventSource('{crm.api}/v1/pops?token={token}')")
    browser.until("pops.readyState === 2")
