"""Health and metrics over HTTP on loopback: ``/health`` (JSON, 200 or 503), ``/metrics`` (Prometheus text), and further
JSON of the process.

Runs on threads of the supervising process; functions provide the content.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: How long the end of the process may have to wait for this server.
POLL_SECONDS = 0.1
#: A client that sends its request slower than this is dropped.
REQUEST_SECONDS = 5.0
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: Whether the engine takes calls, and facts to show.
Health = Callable[[], tuple[bool, Mapping[str, Any]]]
Metrics = Callable[[], bytes]


class StatusServer(ThreadingHTTPServer):
    """Listens at once (raises OSError when the port is taken), serves after ``start``."""

    def __init__(
        self, address: tuple[str, int], health: Health, metrics: Metrics, more: Mapping[str, Callable[[], bytes]] = {}
    ) -> None:
        self.health = health
        self.metrics = metrics
        self.more = more
        super().__init__(address, _StatusHandler)

    def start(self) -> None:
        """Serve on a thread of its own until the process ends or ``shutdown``."""
        threading.Thread(target=self.serve_forever, args=(POLL_SECONDS,), name="status", daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnected or stalled."""


class _StatusHandler(BaseHTTPRequestHandler):
    server: StatusServer
    timeout = REQUEST_SECONDS
    server_version = "routing"
    sys_version = ""

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case path if path in self.server.more:
                self._answer(200, "application/json", self.server.more[path]())
            case "/health":
                well, facts = self.server.health()
                body = json.dumps({"status": "ok" if well else "unavailable", **facts}).encode() + b"\n"
                self._answer(200 if well else 503, "application/json", body)
            case "/metrics":
                self._answer(200, METRICS_TYPE, self.server.metrics())
            case _:
                self._answer(
                    404,
                    "text/plain; charset=utf-8",
                    " or ".join(("/health", "/metrics", *self.server.more)).encode() + b"\n",
                )

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Scrapes are not logged."""
