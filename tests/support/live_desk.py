"""A desk in memory with a live board of made-up calls; and one that browsers can open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
from gevent.pywsgi import WSGIServer
from gevent.threadpool import ThreadPool

from routing.desk.live_hub import LiveHub
from routing.desk.live_surroundings import phones_of
from routing.desk.pages.live import entitled
from routing.desk.threads import InThreads
from support.board_bed import NODE, BoardBed, Surroundings
from support.browser import Browser, Driver
from support.desk_bed import DeskBed
from support.desk_people import FakePeople, FakeSwitch

#: A line of axe-core for each violation.
_VIOLATIONS = """return axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(
  each => each.id + ': ' + each.nodes.map(node => node.html.slice(0, 120)).join(' | ')))"""
_AXE = Path(__file__).parent / "axe/axe.min.js"


class LiveBed(DeskBed):
    """A desk with a board of calls; `turn` is a turn of the board, after the checks of viewers are due."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.people, self.switch, self.counted = FakePeople(), FakeSwitch(), []
        switches = {NODE: lambda command: self.switch(NODE, command)}
        for name, value in (("people", self.people), ("switches", switches), ("count", self.counted.append)):
            object.__setattr__(self.services, name, value)
        (folder / "releases/r1").mkdir(parents=True)
        (folder / "current").symlink_to("releases/r1")
        self.calls = BoardBed()
        self.calls.about = Surroundings(phones_of(self.services.plan))
        hub = self.services.hub
        hub.queues = lambda: {"sales": (("ivan", "petro"), False)}
        hub.board, hub.surroundings = self.calls.board, lambda: self.calls.about
        hub.entitled = lambda viewers: entitled(self.services, viewers)
        self.clock_s = 100.0
        hub.clock, hub.now, hub.fault = (lambda: self.clock_s), (lambda: self.now), self.faults.append

    @property
    def hub(self) -> LiveHub:
        """Its live board."""
        return self.services.hub

    def turn(self) -> None:
        """A turn of the board."""
        self.clock_s += 2
        self.hub.turn()


class ServedDesk:
    """A desk that is served in a thread of its own, with the board's turns; ``address``: its root."""

    def __init__(self, folder: Path) -> None:
        self._ready, self._stop = threading.Event(), threading.Event()
        self._bed: LiveBed | None = None
        self._folder = folder
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(60)

    @property
    def bed(self) -> LiveBed:
        """What is served."""
        assert self._bed is not None
        return self._bed

    def do(self, act: Callable[[], Any]) -> None:
        """Do something in the server's thread, and wait until it is done."""
        done = threading.Event()
        self._loop.run_callback_threadsafe(lambda: (act(), done.set()))
        assert done.wait(60)

    def link(self, name: str) -> str:
        """An address that signs somebody in."""
        return f"{self.address}/enter?token={self.bed.services.accounts.link(name, self.bed.now)}"

    def close(self) -> None:
        """Stop serving."""
        self._stop.set()
        self._thread.join(60)
        self.bed.close()

    def _serve(self) -> None:
        bed = self._bed = LiveBed(self._folder)
        bed.now = time.time()
        pool = ThreadPool(2)
        bed.hub.clock = time.monotonic
        bed.hub.now = time.time
        bed.hub.entitled = lambda viewers: pool.apply(entitled, (bed.services, viewers))
        self._loop = gevent.get_hub().loop
        server = WSGIServer(("127.0.0.1", 0), InThreads(bed.application.wsgi_app), log=None)
        server.start()
        turning = gevent.spawn(bed.hub.run)
        self.address = f"http://127.0.0.1:{server.server_port}"
        self._ready.set()
        while not self._stop.is_set():
            gevent.sleep(0.02)
        turning.kill()
        server.stop(timeout=0)


def violations(browser: Any) -> list[str]:
    """What axe-core finds in the page as it is now."""
    browser.run(_AXE.read_text("utf-8"))
    return list(browser.run(_VIOLATIONS))


def opened(driver: Driver, desk: ServedDesk, name: str, path: str = "") -> Browser:
    """A browser in which somebody has signed in by a link, at their first page or at another one."""
    browser = driver.browser()
    browser.visit(desk.link(name))
    browser.run("document.querySelector('button.main').click()")
    browser.until("location.pathname != '/enter' && document.querySelector('nav.menu')")
    if path:
        browser.visit(desk.address + path)
    return browser
