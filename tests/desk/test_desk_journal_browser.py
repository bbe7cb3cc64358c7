"""The journal, a call and its player in a real browser: with a mouse and with keys; nothing axe minds."""

from __future__ import annotations

import json
import math
import struct
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from routing.desk import journal_query
from support.browser import Driver, missing
from support.desk_calls import call, record, talk
from support.live_desk import ServedDesk, opened, violations

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
ROWS = "document.querySelectorAll('.journal a.call').length"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ServedDesk]:
    desk = ServedDesk(tmp_path)
    now = time.time()
    file = tmp_path / "recordings" / "calls" / "heard.wav"
    file.parent.mkdir(parents=True)
    with wave.open(str(file), "wb") as out:
        out.setparams((2, 2, 8000, 0, "NONE", ""))
        out.writeframes(b"".join(struct.pack("<hh", int(9000 * math.sin(n / 4)), 0) for n in range(8000 * 40)))
    many = [call(f"missed{n}", started=now - 9000 - n, rang=("ivan",), client=f"+3805011122{n}") for n in range(60)]
    heard = talk("heard", "ivan", started=now - 100, recording=str(file), entities={"name": "Romashka"}, tags=("vip",))
    record(desk.bed, *many, heard, talk("maria", "maria", started=now - 200))
    yield desk
    desk.close()


@pytest.mark.parametrize(("name", "count"), [("nataliia", 62), ("ivan", 61)])
def test_calls_are_filtered_paged_and_opened(driver: Driver, desk: ServedDesk, name: str, count: int) -> None:
    browser = opened(driver, desk, name)
    browser.until(f"document.getElementById('count').textContent === '{count} calls'")
    for width in (390, 1440):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.devtools("Emulation.setDeviceMetricsOverride", **size)
        assert violations(browser) == []
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth"), width
    browser.run("document.querySelector('.pages [rel=next]').click()")
    browser.until(f"location.search.includes('before') && {ROWS} === {count - 50}")
    browser.run("document.querySelector('.pages [rel=prev]').click()")
    browser.until(f"{ROWS} === 50")
    browser.run("const list = document.querySelector('[name=status]'); list.value = 'answered';"
                "list.dispatchEvent(new Event('change', {bubbles: true}))")  # fmt: skip
    browser.until(f"location.search === '?status=answered' && {ROWS} === {count - 60}")
    assert violations(browser) == []
    browser.run("document.querySelector('.chip').click()")
    browser.until(f"location.search === '' && {ROWS} === 50")
    browser.run("document.querySelector('a.call').click()")
    browser.until("location.pathname === '/calls/heard' && document.querySelector('.player.ready')")
    for width in (390, 1440):
        browser.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        assert violations(browser) == []
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
    assert desk.bed.faults == []


def test_a_recording_is_played_and_searched_by_keys_and_mouse(driver: Driver, desk: ServedDesk) -> None:
    browser = opened(driver, desk, "ivan")
    browser.visit(f"{desk.address}/calls/heard")
    browser.until("document.querySelector('.player.ready')")
    assert len(browser.run("return document.querySelector('.wave .all').getAttribute('d')")) > 4000
    listened = [line for line in desk.bed.services.audit.lines() if line.action == "listen_recording"]
    assert listened == []
    browser.run("document.querySelector('.wave').focus()")
    browser.press("Right", "Right")
    now = "Number(document.querySelector('.wave').getAttribute('aria-valuenow'))"
    browser.until(f"{now} === 10")
    browser.run("document.querySelector('[data-player=speed]').value = '2';"
                "document.querySelector('[data-player=speed]').dispatchEvent(new Event('change'));"
                "document.querySelector('[data-player=play]').click()")  # fmt: skip
    browser.until("document.querySelector('.player.playing')")
    browser.until("document.querySelector('audio').currentTime > 10")
    assert browser.run("return document.querySelector('audio').playbackRate") == 2
    browser.run("""const wave = document.querySelector('.wave'), place = wave.getBoundingClientRect();
        const at = {clientX: place.left + place.width * .75, clientY: place.top + 5, bubbles: true};
        wave.dispatchEvent(new PointerEvent('pointerdown', at))""")
    browser.until(f"{now} >= 29")
    browser.run("document.querySelector('audio').pause()")
    listened = [line for line in desk.bed.services.audit.lines() if line.action == "listen_recording"]
    assert [(line.name, line.subject) for line in listened] == [("ivan", "heard")]


def test_a_search_without_results_goes_on_by_itself_until_it_finds_something(
    driver: Driver, desk: ServedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_query, "WINDOWS", (51,))
    now = time.time()
    many = (call(f"later{n}", started=now - 9100 - n, rang=("ivan",)) for n in range(200))
    record(desk.bed, *many, talk("old", "ivan", started=now - 9900, node="n7"))
    browser = opened(driver, desk, "nataliia", "/journal?node=n7")
    browser.until(f"location.search.includes('before') && {ROWS} === 1")
    assert "node=n7" in browser.run("return location.search")
    browser.visit(f"{desk.address}/journal?node=nowhere")
    browser.until("document.querySelector('#calls .empty h2').textContent === 'No calls match'")
    assert violations(browser) == []
    page = desk.bed.signed_in("nataliia").get("/journal?node=n7").text
    for width, theme in ((390, "light"), (1440, "dark")):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.devtools("Emulation.setDeviceMetricsOverride", **size)
        browser.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        part = page.partition('<div id="calls">')[2].partition("</main>")[0].replace("hx-get", "data-get")
        browser.run(f"document.getElementById('calls').outerHTML = {json.dumps('<div id=calls>' + part)}")
        assert violations(browser) == []
