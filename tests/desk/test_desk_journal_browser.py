"""The journal, a call and its player in a real browser: with a mouse and with keys; nothing axe minds."""

from __future__ import annotations

import math
import struct
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

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
