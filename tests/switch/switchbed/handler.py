"""A customer's webhook handler: answers each caller as the case says, or misbehaves.

What it says is keyed by the caller's number, so that many cases ask it at once.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler:
    """An HTTP server on ``port``; ``answers`` maps a caller to what it is told, ``asked`` lists the questions."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[dict[str, Any]] = []
        self.released = threading.Event()
        handler = self

        class Request(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                handler._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Request)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, name="handler", daemon=True).start()

    def stop(self) -> None:
        """Let stalled questions go, and close."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        question = json.loads(request.rfile.read(int(request.headers.get("Content-Length", "0"))))
        self.asked.append(question)
        answer = self.answers.get(question.get("caller", ""), {"continue": True})
        if answer == "timeout":
            self.released.wait(30)
            return
        status = answer if isinstance(answer, int) else 200
        body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
