"""Every page of the menu in a browser: none is wider than the window or the paper, and no menu is printed."""

from __future__ import annotations

import pytest

from routing.desk.navigation import MENU
from support.browser import Browser, Driver, missing
from support.figures_bed import record_two_weeks
from support.live_desk import ServedDesk, opened

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
#: Of an A4 sheet at 96 dots per inch.
PAPER = 794
_SPARE = "return document.documentElement.scrollWidth - window.innerWidth"
_SEEN = """return [...document.querySelectorAll('.bar, .menu, .filters, .crumbs, .back, button, a.button')]
  .filter(each => each.getClientRects().length).map(each => each.outerHTML.slice(0, 80))"""


def sized(browser: Browser, width: int, media: str = "") -> None:
    """Show the page in a window, or on paper, of a width."""
    browser.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    browser.devtools("Emulation.setEmulatedMedia", media=media)


def test_every_page_fits_phones_and_paper(driver: Driver, desk: ServedDesk) -> None:
    record_two_weeks(desk.bed, desk.bed.now)
    browser = opened(driver, desk, "ops")
    for entry in MENU:
        browser.visit(f"{desk.address}/{entry.endpoint}")
        browser.until("document.readyState === 'complete'")
        for width in (390, 768, 1440):
            sized(browser, width)
            assert browser.run(_SPARE) <= 0, (entry.endpoint, width)
        sized(browser, PAPER, "print")
        assert browser.run(_SPARE) <= 0, (entry.endpoint, "print")
        assert browser.run(_SEEN) == [], entry.endpoint
        sized(browser, 1440)
    assert desk.bed.faults == []
