"""The desk in a real browser: signing in by keyboard, and nothing that axe minds on any page, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.browser import Browser, Driver, missing
from support.live_desk import ServedDesk, violations

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
#: Of an admin, who sees every page.
PAGES = ("/schemes", "/schemes/kyiv", "/calendars", "/releases", "/directory", "/audit", "/forget", "/accounts",
         "/settings", "/nothing")  # fmt: skip
PASSWORD = "blue horse 7"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ServedDesk]:
    desk = ServedDesk(tmp_path)
    desk.bed.services.accounts.set_password("ops", PASSWORD, desk.bed.now)
    yield desk
    desk.close()


def _signed_in(driver: Driver, desk: ServedDesk) -> Browser:
    browser = driver.browser()
    browser.visit(desk.address + "/")
    browser.until("document.activeElement.id === 'name'")
    browser.press(*"ops", "Tab", *PASSWORD, "Enter")
    browser.until("document.querySelector('nav.menu')")
    return browser


def test_axe_minds_nothing_on_any_page(driver: Driver, desk: ServedDesk) -> None:
    browser = driver.browser()
    browser.visit(desk.address + "/sign-in")
    assert violations(browser) == []
    browser = _signed_in(driver, desk)
    for path in PAGES:
        for colors in ("light", "dark"):
            browser.devtools(
                "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": colors}]
            )  # fmt: skip
            browser.visit(desk.address + path)
            assert violations(browser) == [], (path, colors)
    assert desk.bed.faults == []


def test_no_page_is_wider_than_a_phone(driver: Driver, desk: ServedDesk) -> None:
    browser = _signed_in(driver, desk)
    browser.devtools(
        "Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True
    )  # fmt: skip
    for path in PAGES:
        browser.visit(desk.address + path)
        assert browser.run("return document.documentElement.scrollWidth") <= 390, path


def test_the_menu_of_a_phone_opens_and_its_choice_is_kept(driver: Driver, desk: ServedDesk) -> None:
    browser = _signed_in(driver, desk)
    browser.devtools(
        "Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True
    )  # fmt: skip
    browser.visit(desk.address + "/directory")
    assert browser.run("return document.getElementById('menu').offsetHeight") == 0
    browser.run("document.querySelector('[data-toggle=menu]').click()")
    assert browser.run("return document.getElementById('menu').offsetHeight") > 0
    browser.run("document.querySelector('details.popup summary').click()")
    browser.run("const chosen = document.getElementById('language'); chosen.value = 'pl';"
                "chosen.dispatchEvent(new Event('change', {bubbles: true}))")  # fmt: skip
    browser.until("document.documentElement.lang === 'pl'")
    assert browser.run("return document.querySelector('h1').textContent.trim()") == "Książka"
