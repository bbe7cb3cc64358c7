"""The listener that FreeSWITCH connects to: one greenlet for each call, up to a limit.

Over capacity it accepts a socket and closes it at once, so that FreeSWITCH continues with the compiled fallback; a full
backlog would hold the caller. Knows nothing of decisions.
"""

from __future__ import annotations

import logging
from typing import Any

import gevent
from gevent.server import StreamServer
from gevent.socket import socket

from routing.esl.session import CONNECT_SECONDS, Decide, Report, serve_call
from routing.esl.time_limit import time_limit
from routing.model.problem import counted

log = logging.getLogger(__name__)
MOST_CALLS = 1000


class CallServer(StreamServer):
    """Serves calls on a listening socket, or on ``("127.0.0.1", port)``; ``open_calls`` counts them."""

    def __init__(
        self,
        listener: Any,
        decide: Decide,
        report: Report,
        most_calls: int = MOST_CALLS,
        connect_s: float = CONNECT_SECONDS,
    ) -> None:
        super().__init__(listener, self._call)
        self.open_calls = 0
        self._decide = decide
        self._report = report
        self._most_calls = most_calls
        self._connect_s = connect_s

    def do_handle(self, sock: socket, *address: object) -> None:
        """Start a greenlet for an accepted socket, or close it when there are too many."""
        if self.open_calls >= self._most_calls:
            sock.close()
            self._report("over_capacity", counted(self.open_calls, "call"))
            return
        self.open_calls += 1
        gevent.spawn(self._call, sock)

    def _call(self, sock: socket, *address: object) -> None:
        try:
            serve_call(sock, self._decide, self._report, self._connect_s)
        except Exception:
            log.exception("a call ended in an error of the engine")
            self._report("fault", "see the log")
        finally:
            self.open_calls -= 1

    def drain(self, limit_s: float) -> int:
        """Accept no more calls, wait for the open ones. Returns how many are still open after ``limit_s`` seconds."""
        self.close()
        with time_limit(limit_s):
            while self.open_calls:
                gevent.sleep(0.02)
        return self.open_calls
