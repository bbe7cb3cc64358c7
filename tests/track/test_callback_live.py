"""The callback form in a real Chromium against the command `routing track`, a real Redis and the journal's database:
what a visitor orders is there, and what the API refuses is told in words."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from routing.callbacks.store import CallbackStore
from routing.journal.database import open_database
from routing.model.callback import CallbackOrder, CallbackSource, CallbackStatus
from routing.track.script import texts
from support.browser import Browser, missing
from support.callback_stub import Site, at_home
from support.callback_visitor import NUMBER, SHOWN, FormVisitor
from support.folders import compiled, laid_out
from support.processes import launch

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
UK = texts()["uk"]
EXAMPLE = Path(__file__).parents[2] / "schemes"
EXAMPLE_SITE = "https://www.standartpark.example"
COMPANY = """
project:
  name: standartpark
  timezone: Europe/Kyiv
  country: UA
  destinations: [UA]
  callbacks: {origins: "%s", scheme: shop, quiet: "no"}
  tracking:
    origins: "%s"
    entities: {region: shop.region.id, category: {expression: shop.product.category, level: view}}
people: {ivan: {name: I, phones: {desk: {sip: "1001"}}}}
gateways: {main: {proxy: sip.example, register: false, numbers: ["+380800330521"]}}
"""
SHOP = 'scheme: shop\nnumbers: "+380800330521"\nsteps: [{ring: ivan}, hangup]\n'


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site("")
    server.fill["MARKS"] = 'data-callback="button"'
    yield server
    server.end()


@pytest.fixture
def schemes(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> Path:
    """A small company; the example company where a test says ``example``."""
    folder = tmp_path / "schemes"
    if getattr(request, "param", "") == "example":
        shutil.copytree(EXAMPLE, folder)
        project = (folder / "project.yaml").read_text("utf-8")
        (folder / "project.yaml").write_text(project.replace(EXAMPLE_SITE, site.origin), "utf-8")
        return folder
    written = tmp_path / "written"
    written.mkdir()
    (written / "company.yaml").write_text(COMPANY % (site.origin, site.origin))
    (written / "shop.yaml").write_text(SHOP)
    return laid_out(written, folder)


@pytest.fixture
def root(schemes: Path, tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    (root / "current").symlink_to(compiled(schemes, root).folder)
    return root


@pytest.fixture
def api(site: Site, root: Path, redis_url: str) -> Iterator[str]:
    """The command; yields where it listens. It reports no fault."""
    command = [sys.executable, "-m", "routing", "track", "--root", str(root)]
    command += ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]
    with launch(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "ROUTING_REDIS": redis_url}) as process:
        assert process.stderr is not None
        started = json.loads(process.stderr.readline())
        assert "listen" in started, "a project without pools, whose pages order calls, lacks nothing"
        site.fill["API"] = f"http://{started['listen']}"
        yield site.fill["API"]
        process.terminate()
        said = process.stderr.read()
        assert process.wait(20) == 0, said
        assert '"event": "fault"' not in said


@pytest.fixture
def visitor(window: Browser, site: Site, api: str) -> Iterator[FormVisitor]:
    window.visit(f"{site.origin}/blank")
    window.run("localStorage.clear(); sessionStorage.clear()")
    window.devtools("Emulation.setTimezoneOverride", timezoneId="Europe/Kyiv")
    yield FormVisitor(window, site)
    assert window.run("return window.faults || []") == []


def ordered(root: Path) -> list[CallbackOrder]:
    """The orders of the database."""
    engine = open_database(str(root / "journal.db"), migrate=False)
    try:
        return CallbackStore(engine).latest("standartpark", 10)
    finally:
        engine.dispose()


def test_an_order_is_in_the_database_and_cancelled_there(visitor: FormVisitor, root: Path) -> None:
    visitor.comes()
    visitor.run("shop.region = {id: 'kharkiv'}")
    visitor.opens()
    visitor.orders()
    visitor.is_told(UK["soon"].format(number=SHOWN))
    (order,) = ordered(root)
    assert (order.number, order.scheme, order.source) == ("+380671234567", "shop", CallbackSource.WIDGET)
    assert order.entities == {"region": "kharkiv", "category": "drainage"}
    assert order.source_facts == {"utm_source": "google", "landing": "/drainage"}
    assert order.consent
    assert (order.consent.text, order.consent.page) == ("routing-1 uk", f"{visitor.site.origin}/drainage")
    visitor.comes("/contacts")
    visitor.click(".float")
    visitor.is_told(SHOWN)
    visitor.click(".plain")
    visitor.is_told(UK["cancelled"])
    assert [order.status for order in ordered(root)] == [CallbackStatus.CANCELLED]
    asked = "performance.getEntriesByType('resource').filter(each => each.name.endsWith('/v1/session')).length"
    assert visitor.run(f"return {asked}") == 0, "a project without pools is asked for no number"


@pytest.mark.parametrize("schemes", ["example"], indirect=True)
def test_the_example_companys_page(visitor: FormVisitor, root: Path) -> None:
    page = (EXAMPLE / "site.html").read_text("utf-8")
    visitor.site.page = at_home(page, visitor.site.fill["API"])
    visitor.host = "main routing-callback"
    visitor.comes()
    visitor.until(f"!{visitor.found('fieldset')}.hidden")
    visitor.run("""const region = document.getElementById('region');
        region.value = 'lviv'; region.dispatchEvent(new Event('change'))""")
    visitor.orders()
    visitor.until(f"{visitor.found('.plain')}.checkVisibility()")
    assert SHOWN in visitor.shows("[role=status]")
    (order,) = ordered(root)
    assert (order.scheme, order.entities) == ("site", {"region": "lviv", "category": "drainage", "language": "uk"})


def test_a_time_that_is_offered_is_taken(visitor: FormVisitor, root: Path) -> None:
    visitor.comes()
    visitor.opens()
    visitor.click("#day2")
    chosen = visitor.run(f"return {visitor.found('#time')}.value")
    visitor.orders()
    visitor.until("ordered.length")
    (order,) = ordered(root)
    assert order.not_before_s == datetime.fromisoformat(chosen).timestamp()


@pytest.mark.parametrize(
    ("number", "name"), [("12345678", "bad"), ("+1 900 123 45 67", "destination"), ("+48 22 123 45 67", "destination")]
)
def test_a_number_that_is_not_called_is_told_beside_it(
    visitor: FormVisitor, root: Path, number: str, name: str
) -> None:
    visitor.comes()
    visitor.opens()
    visitor.orders(number)
    visitor.is_told(UK[name], "#number-error")
    assert ordered(root) == []
    visitor.orders()
    visitor.until("ordered.length")


def test_the_same_number_again_renews_its_order_until_it_is_too_often(visitor: FormVisitor, root: Path) -> None:
    visitor.comes()
    for _ in range(3):
        visitor.opens()
        visitor.orders(NUMBER)
        visitor.until("ordered.length")
        visitor.run("ordered.length = 0; sessionStorage.removeItem('routing.callback')")
        visitor.browser.press("Escape")
    assert len(ordered(root)) == 1
    visitor.opens()
    visitor.orders(NUMBER)
    visitor.is_told("Забагато спроб.")


def test_a_database_that_fails_is_told_in_words(visitor: FormVisitor, root: Path) -> None:
    visitor.comes()
    visitor.opens()
    visitor.orders()
    visitor.until("ordered.length")
    visitor.click(".plain")
    visitor.is_told(UK["cancelled"])
    with closing(sqlite3.connect(root / "journal.db")) as database:
        database.execute("ALTER TABLE callbacks RENAME TO away")
        visitor.orders()
        visitor.is_told(UK["down"])
        database.execute("ALTER TABLE away RENAME TO callbacks")
    visitor.click(".main")
    visitor.until("ordered.length === 2")
