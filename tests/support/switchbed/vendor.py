"""A CRM vendor's server: one of the behaving fakes of ``tests/crm`` over HTTP, which can stall, stop and come back."""

from __future__ import annotations

import threading

import gevent

from support.crm_fakes.bitrix24 import Bitrix24
from support.crm_serving import serving

from . import ports

#: Of the incoming webhook, the path of which is the credential.
PATH = "/rest/17/hush-hook/"


class Vendor:
    """Bitrix24 at ``url``. ``fake.world`` holds what its users wrote; ``stall`` and ``stop`` until ``start``."""

    def __init__(self) -> None:
        self.fake = Bitrix24(wait=self._wait)
        self._stalls = threading.Event()
        self._ends = threading.Event()
        # no port that a client's line could take while nobody listens
        self._port = ports.free()
        self.start()
        self.url = f"http://127.0.0.1:{self._port}{PATH}"

    def start(self) -> None:
        """Serve, on the same port as before."""
        listens = threading.Event()
        self._stalls.clear()
        self._ends.clear()
        self._thread = threading.Thread(target=self._run, args=(listens,), name="vendor", daemon=True)
        self._thread.start()
        assert listens.wait(10), "the vendor's server does not listen"

    def stall(self) -> None:
        """From now on every request waits."""
        self._stalls.set()

    def go_on(self) -> None:
        """Requests are answered at once again."""
        self._stalls.clear()

    def stop(self) -> None:
        """Nobody listens any more."""
        self._stalls.clear()
        self._ends.set()
        self._thread.join(10)

    def _wait(self) -> None:
        while self._stalls.is_set():
            gevent.sleep(0.02)

    def _run(self, listens: threading.Event) -> None:
        with serving(self.fake, self._port):
            listens.set()
            while not self._ends.is_set():
                gevent.sleep(0.02)
        gevent.get_hub().destroy(destroy_loop=True)
