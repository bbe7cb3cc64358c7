"""The site script in a real Chromium, on a sample site, against the command `routing track` and a real Redis."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from routing.model.entities import Visitor
from routing.store.leases import RedisLeases
from support.browser import Browser, Driver, missing
from support.folders import compiled, laid_out
from support.http_servers import running
from support.processes import launch

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
BLANK = "/blank"
SITE = Path(__file__).parent / "site"
ORIGINAL, NUMBERS = "+380800330521", ("+380577280001", "+380577280002")
SCHEMES = """
project:
  name: standartpark
  timezone: Europe/Kyiv
  country: UA
  tracking:
    origins: ["%s"]
    entities:
      region: shop.region.id
      category: {expression: "shop.cart.items[0].category", level: view}
      language: {}
      broken: shop.broken
      absent: shop.nothing.at[3].all
pools:
  site: {scheme: a, numbers: ["+380577280001", "+380577280002"], overflow: "+380800330521", lease: 10m}
"""
SHOWN = "window.routing && routing.number() && document.getElementById('head').textContent"


class Site(ThreadingHTTPServer):
    """The sample site at any path; ``api`` and ``consent`` go into its pages."""

    daemon_threads = True
    api = consent = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.origin = f"http://127.0.0.1:{self.server_port}"


class _Page(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        text = "" if self.path == BLANK else (SITE / "index.html").read_text("utf-8")
        body = text.replace("{{API}}", self.server.api).replace("{{CONSENT}}", self.server.consent).encode()
        self.send_response(404 if self.path == "/favicon.ico" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Pages are not logged."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running(Site()) as server:
        yield server


@pytest.fixture
def api(site: Site, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The command itself, new for each test: it counts the numbers that one address holds. Yields where it listens."""
    at = tmp_path_factory.mktemp("site")
    (at / "s").mkdir()
    people = 'people: {ivan: {name: I, phones: {desk: {sip: "1001"}}}}\n'
    (at / "s/p.yaml").write_text(SCHEMES % site.origin + people)
    (at / "s/a.yaml").write_text('scheme: a\nnumbers: "+380800330521"\nsteps: [{ring: ivan}, hangup]\n')
    root = at / "root"
    root.mkdir()
    (root / "current").symlink_to(compiled(laid_out(at / "s", at / "schemes"), root).folder)
    command = [sys.executable, "-m", "routing", "track", "--root", str(root)]
    command += ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]
    with launch(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "ROUTING_REDIS": redis_url}) as process:
        assert process.stderr is not None
        started = json.loads(process.stderr.readline())
        site.api = f"http://{started['listen']}"
        yield f"http://{started['http']}"
        process.terminate()
        said = process.stderr.read()
        assert process.wait(20) == 0, said
        assert "fault" not in said


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    driver = Driver(tmp_path_factory.mktemp("browsers"))
    yield driver.browser()
    driver.close()


@pytest.fixture
def browser(window: Browser, site: Site, api: str, leases: RedisLeases) -> Iterator[Browser]:
    somebody_new(window, site)
    yield window
    assert window.run("return window.faults || []") == []


def somebody_new(browser: Browser, site: Site) -> None:
    """The same window with a visitor who was never here."""
    browser.visit(site.origin + BLANK)
    browser.run("localStorage.clear(); sessionStorage.clear()")


def told(leases: RedisLeases, number: str) -> Visitor | None:
    return leases.holder("standartpark", "site", number, time.time())


def until_told(leases: RedisLeases, number: str, name: str, value: str) -> None:
    """Wait until the page has told an entity: it does so when it has time."""
    end_s = time.monotonic() + 30
    while not ((visitor := told(leases, number)) and visitor.entities.get(name) == value):
        assert time.monotonic() < end_s, visitor
        time.sleep(0.01)


def test_the_visitors_own_number_stands_in_the_page(browser: Browser, site: Site, leases: RedisLeases) -> None:
    browser.visit(f"{site.origin}/drainage?utm_source=google&utm_campaign=spring+sale&x=1")
    browser.until(SHOWN + " !== '0800 330 521'")
    number = browser.run("return routing.number()")
    shown = {NUMBERS[0]: "057 728 0001", NUMBERS[1]: "057 728 0002"}[number]
    assert [browser.text(each) for each in ("head", "plain", "foot")] == [shown] * 3
    assert {browser.link(each) for each in ("head", "call", "foot")} == {f"tel:{number}"}
    assert browser.text("call") == "Зателефонувати"
    assert browser.run("return !!document.getElementById('icon')")
    assert (browser.text("kept"), browser.link("kept")) == ("057 777 77 77", "tel:+380577777777")
    assert "8000-521-33" in browser.text("year")
    assert told(leases, number) == Visitor(
        {"region": "521", "language": "uk", "category": "drainage"},
        {"utm_source": "google", "utm_campaign": "spring sale", "landing": "/drainage"},
    )
    if folder := os.environ.get("ROUTING_SCREENSHOTS"):
        browser.screenshot(Path(folder) / "site.png")


def test_the_next_page_shows_the_same_number_and_keeps_the_source(
    browser: Browser, site: Site, leases: RedisLeases
) -> None:
    browser.visit(f"{site.origin}/?utm_source=google")
    browser.until(SHOWN)
    number = browser.run("return routing.number()")
    browser.visit(f"{site.origin}/contacts")
    browser.until(SHOWN)
    assert browser.run("return routing.number()") == number
    visitor = told(leases, number)
    assert visitor
    assert visitor.source == {"utm_source": "google", "landing": "/"}


def test_another_visitor_has_another_number_and_the_third_the_shared_one(browser: Browser, site: Site) -> None:
    numbers = []
    for _ in range(3):
        somebody_new(browser, site)
        browser.visit(site.origin)
        browser.until(SHOWN)
        numbers.append(browser.run("return routing.number()"))
    assert {*numbers[:2]} == {*NUMBERS}
    assert numbers[2] == ORIGINAL


def test_a_page_that_is_drawn_without_loading(browser: Browser, site: Site, leases: RedisLeases) -> None:
    browser.visit(site.origin)
    browser.until(SHOWN)
    number = browser.run("return routing.number()")
    browser.run("document.getElementById('next').click()")
    browser.until(f"document.getElementById('new').getAttribute('href') === 'tel:{number}'")
    assert browser.text("new") == browser.text("head")
    until_told(leases, number, "category", "pumps")
    browser.run("routing.set({language: 'en'})")
    browser.until("performance.getEntriesByType('resource').filter(e => /session/.test(e.name)).length > 1")
    until_told(leases, number, "language", "en")


def test_without_the_api_the_page_stays_as_it_is(browser: Browser, site: Site) -> None:
    real, site.api = site.api, "http://127.0.0.1:9"
    try:
        browser.visit(site.origin)
        assert browser.text("head") == "0800 330 521"
    finally:
        site.api = real


def test_an_api_that_fails_leaves_the_number(browser: Browser, site: Site) -> None:
    browser.visit(f"{site.origin}/?first")
    browser.until(SHOWN)
    browser.run("sessionStorage.clear(); window.fetch = () => Promise.reject(new Error('down'))")
    browser.run("routing.set({language: 'pl'}); history.pushState({}, '', '/x')")
    assert browser.until("document.getElementById('head').textContent")
    browser.run(
        """const real = document.createElement('script'); delete window.routing; window.tried = 0;
        window.fetch = () => { tried += 1; return Promise.reject(new Error('down')) };
        document.getElementById('plain').textContent = '0800 330 521';
        real.src = arguments[0] || document.querySelector('script[src]').src; document.head.append(real)"""
    )
    browser.until("window.routing && window.tried")
    assert browser.run("return routing.number()") is None


def test_nothing_is_told_before_consent(browser: Browser, site: Site) -> None:
    site.consent = 'data-consent="wait"'
    try:
        browser.visit(f"{site.origin}/consent")
        browser.until("window.routing")
        assert browser.run("return localStorage.length + sessionStorage.length") == 0
        assert (
            browser.run("return performance.getEntriesByType('resource').filter(e => /v1.s?e/.test(e.name)).length")
            == 0
        )
        browser.run("routing.start()")
        browser.until(SHOWN)
    finally:
        site.consent = ""


def test_what_happened_is_counted(browser: Browser, site: Site, api: str) -> None:
    browser.visit(site.origin)
    browser.until(SHOWN)
    metrics = requests.get(f"{api}/metrics", timeout=10).text
    assert re.search(r'routing_track_requests_total\{asked="session",outcome="lent"\} [1-9]', metrics)
    assert requests.get(f"{api}/health", timeout=10).json()["redis"] is True
