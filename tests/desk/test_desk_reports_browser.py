"""Reports in a real browser: the chart is drawn from its table, tables are sorted and read; nothing axe minds."""

from __future__ import annotations

import pytest

from support.browser import Driver, missing
from support.figures_bed import record_two_weeks
from support.live_desk import ServedDesk, opened, violations

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]


@pytest.mark.parametrize(("name", "rows"), [("nataliia", 3), ("olena", 2)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_is_drawn_sorted_and_read(driver: Driver, desk: ServedDesk, name: str, rows: int, scheme: str) -> None:
    record_two_weeks(desk.bed, desk.bed.now)
    browser = opened(driver, desk, name)
    browser.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.visit(f"{desk.address}/reports?period=7d")
    browser.until("document.querySelector('#chart canvas')")
    assert browser.run("return document.getElementById('same-table').open") is False
    assert violations(browser) == []
    browser.run("document.querySelector('#person').closest('.part').querySelector('thead th:nth-child(3) a').click()")
    browser.until("location.hash === '#person' && document.querySelector('#chart canvas')")
    assert browser.run("return document.querySelectorAll('[aria-labelledby=person] tbody tr').length") == rows
    assert browser.run("return document.documentElement.scrollWidth <= window.innerWidth")
    browser.run("document.querySelector('[aria-labelledby=scheme] tbody th a').click()")
    browser.until("location.search.includes('by=scheme')")
    assert violations(browser) == []
    assert desk.bed.faults == []


def test_nothing_to_report_reads_well(driver: Driver, desk: ServedDesk) -> None:
    browser = opened(driver, desk, "nataliia")
    browser.visit(f"{desk.address}/reports")
    browser.until("document.querySelector('.empty')")
    assert violations(browser) == []
