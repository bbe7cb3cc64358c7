"""What calls, clients, CRMs and browsers say of themselves, on every page that shows it: text that never runs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from routing.callbacks.store import CallbackStore
from routing.desk.audit import AuditLine
from routing.model.callback import CallbackOrder, CallbackSource
from routing.model.desk import Role
from support.browser import Driver, missing
from support.desk_bed import DeskBed
from support.desk_calls import record
from support.hostile_pages import FORMULAS, HOSTILE, Active, hostile_call
from support.live_desk import LiveBed, ServedDesk, opened

#: Each leaves a mark when a browser runs it.
pytestmark = pytest.mark.thorough
LIVE = [
    "<script>window.ran=1</script>", "<img src=x onerror=window.ran=1>", '"><svg onload=window.ran=1>',
    "' autofocus onfocus='window.ran=1", "</title><script>window.ran=1</script>",
    "</textarea><script>window.ran=1</script>",
    "<details open ontoggle=window.ran=1>", "<iframe srcdoc='<script>parent.ran=1</script>'>",
    "<math><mtext></table><img src=x onerror=window.ran=1>", "<button hx-get=/live hx-trigger=load>",
    "<div hx-on:load='window.ran=1'>", "<style>*{display:none}</style>", "<meta http-equiv=refresh content=0;url=//e>",
]  # fmt: skip
PAGES = ("/journal", "/calls/h0", "/calls/h4", "/my", "/live", "/callbacks?all=1", "/reports", "/audit", "/settings",
         "/accounts")  # fmt: skip


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[LiveBed]:
    bed = LiveBed(tmp_path)
    yield bed
    bed.close()


def fill(bed: DeskBed, texts: list[str]) -> None:
    """Calls, orders, lines of the log, each with a text; newest first as they stand."""
    for at, text in enumerate(texts):
        facts = replace(
            hostile_call(text), id=f"h{at}", started=bed.now - 60 - at, ended=bed.now - 30 - at, status="no answer"
        )
        record(bed, replace(facts, legs=tuple(replace(leg, id=f"h{at}-1", person="ivan") for leg in facts.legs)))
        order = CallbackOrder(
            f"order{at}", "shop", f"+38067{at:07}", text, CallbackSource.WIDGET, bed.now, bed.now + 9, bed.now + 99,
            entities={"name": text}, source_facts={"utm_source": text},
        )  # fmt: skip
        CallbackStore(bed.database).order(order)
        bed.services.audit.add(AuditLine(bed.now, text, Role.ADMIN, text, text, text, text))


@pytest.mark.parametrize("at", range(0, len(HOSTILE), 26))
def test_every_page_shows_hostile_texts_as_texts(bed: LiveBed, at: int) -> None:
    texts = HOSTILE[at : at + 26]
    fill(bed, texts)
    for number, text in enumerate(texts):
        bed.calls.comes(f"live{number}", text, text, routing_scheme=text, routing_caller=text, routing_entity_name=text)
    bed.hub.look()
    bed.turn()
    visitors = bed.signed_in("nataliia"), bed.signed_in("ops"), bed.signed_in("ivan")
    pages: dict[str, str] = {}
    for visitor, path in ((each, path) for each in visitors for path in PAGES):
        answer = visitor.get(path)
        assert answer.status_code in (200, 403, 404), path
        page = Active(answer.text)
        assert page.found == [], (path, page.found)
        pages[path] = pages.get(path, "") + page.text
    for text in texts:
        for path in ("/journal", "/audit"):
            assert " ".join(text.split()) in " ".join(pages[path].split()), (path, text)
    assert bed.faults == []


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(bed: LiveBed) -> None:
    fill(bed, [*FORMULAS, *HOSTILE[:28]])
    data = bed.signed_in("nataliia").get("/export/journal.xlsx").data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert not [name for name in book.namelist() if "externalLink" in name or name.endswith(".bin")]
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert not any(part in sheet for part in ("<f>", "<f ", "<hyperlink"))
    assert sheet.count("<row ") == len(FORMULAS) + 29


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    driver = Driver(tmp_path_factory.mktemp("browser"))
    yield driver
    driver.close()


@pytest.mark.process
@pytest.mark.skipif(bool(missing()), reason=missing())
def test_a_browser_runs_none_of_it(driver: Driver, desk: ServedDesk) -> None:
    desk.do(lambda: fill(desk.bed, LIVE))
    for number, text in enumerate(LIVE):
        desk.do(lambda number=number, text=text: desk.bed.calls.comes(f"live{number}", text, routing_scheme=text))  # type: ignore[misc]
    browser = opened(driver, desk, "ops")
    typed = LIVE[2].replace(" ", "%20")
    for path in (*PAGES, f"/journal?client={typed}&tag={typed}", f"/audit?who={typed}", f"/directory?q={typed}"):
        browser.visit(desk.address + path)
        assert browser.until("document.readyState == 'complete'"), path
        assert browser.run("return [window.ran, document.querySelectorAll('iframe, [onerror]').length]") == [None, 0], (
            path
        )
        assert browser.run("return location.origin") == desk.address, path
    assert desk.bed.faults == []
