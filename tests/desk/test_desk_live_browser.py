"""The live board in a real browser: calls come and go by themselves, for those who may see them; nothing axe minds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.browser import Browser, Driver, missing
from support.live_desk import ServedDesk, violations

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
SHOWN = "[...document.querySelectorAll('#live-calls b')].map(each => each.textContent).join(' ')"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    driver = Driver(tmp_path_factory.mktemp("browser"))
    yield driver
    driver.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ServedDesk]:
    desk = ServedDesk(tmp_path)
    yield desk
    desk.close()


def opened(driver: Driver, desk: ServedDesk, name: str, path: str) -> Browser:
    browser = driver.browser()
    browser.visit(desk.link(name))
    browser.run("document.querySelector('button.main').click()")
    browser.until("location.pathname != '/enter' && document.querySelector('nav.menu')")
    browser.visit(desk.address + path)
    return browser


@pytest.mark.parametrize("name", ["olena", "nataliia"])
def test_calls_come_and_go_by_themselves(driver: Driver, desk: ServedDesk, name: str) -> None:
    calls = desk.bed.calls
    calls.about = replace(calls.about, queues={"sales": (("ivan", "petro"), False)})
    browser = opened(driver, desk, name, "/live")
    browser.until("document.querySelector('#live-state.live')")
    assert browser.run("return !document.getElementById('live-none').hidden")
    assert violations(browser) == []
    desk.do(lambda: calls.conversation("a", "ivan", "+380670000001"))
    browser.until(f"{SHOWN}.includes('+380670000001')")
    browser.until("/^[0-9]+:[0-9][0-9]/.test(document.querySelector('#live-calls .age').textContent)")
    desk.do(lambda: calls.conversation("b", "maria", "+380670000002"))
    desk.do(lambda: calls.conversation("c", "petro", "+380670000003"))
    browser.until(f"{SHOWN}.includes('+380670000003')")
    assert ("+380670000002" in browser.run(f"return {SHOWN}")) is (name == "nataliia")
    assert violations(browser) == []
    desk.do(lambda: [calls.ends(leg) for leg in ("a", "a-ivan", "b", "b-maria", "c", "c-petro")])
    browser.until(f"{SHOWN} === '' && !document.getElementById('live-none').hidden")
    assert desk.bed.faults == []


def test_who_is_signed_out_elsewhere_sees_the_sign_in_page(driver: Driver, desk: ServedDesk) -> None:
    browser = opened(driver, desk, "nataliia", "/live")
    browser.until("document.querySelector('#live-state.live')")
    desk.bed.services.sessions.end("nataliia")
    browser.until("location.pathname === '/sign-in'")
