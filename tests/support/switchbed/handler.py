"""A customer's webhook handler and CRM: answer each caller as the case says, or misbehave.

What they say is keyed by the caller's number, so that many cases ask at once.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from . import clients


class Handler:
    """An HTTP server on ``port``; ``answers`` maps a caller to what it is told, ``asked`` lists the questions
    to it and to the CRM.

    ``crm`` maps a caller to what the CRM answers about them (`routing.offline.crm_answers`); ``crm_ids`` are the
    owner ids of people.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[dict[str, Any]] = []
        self.crm: dict[str, str] = {}
        self.crm_ids: dict[str, int] = {}
        self.released = threading.Event()
        handler = self

        class Request(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                handler._answer(self)

            def do_GET(self) -> None:
                handler._look_up(self)

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
        caller = "+" + question.get("caller", "").removeprefix("+")  # Ringostat's parameters have no plus
        answer = self.answers.get(caller, {"continue": True})
        if answer == "timeout":
            self.released.wait(30)
            return
        status = answer if isinstance(answer, int) else 200
        _reply(request, status, answer.encode() if isinstance(answer, str) else json.dumps(answer).encode())

    def _look_up(self, request: BaseHTTPRequestHandler) -> None:
        """A question of a CRM: the rows of that kind."""
        kind, told = clients.question(request.path)
        self.asked.append(told)
        words = self.crm.get(told["caller"], "nobody")
        if words == "timeout":
            self.released.wait(30)
            return
        _reply(request, *clients.answer(words, kind, told["caller"], self.crm_ids))


def _reply(request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
