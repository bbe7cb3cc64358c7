"""Google Analytics' collection server as its public documentation describes it (Measurement Protocol, GA4 reference,
"Validate events", "Limitations"; read in November 2026): 204 to everything, valid or not; bad events vanish.

``counted``: events that reports would show, doubles and all. ``dropped``: why the others vanished. ``heard``:
headers and bodies of all requests.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

RESERVED = ("session_start", "first_visit", "user_engagement", "error", "app_update", "first_open", "ad_click")
_NAME = re.compile(r"[A-Za-z]\w{0,39}", re.ASCII)
MEASUREMENT_ID, SECRET = "G-ABC1234567", "an-API-secret"


def faults(content, now_s: float, largest: int = 130_000):
    """What the validation server says: (field, code, description) of each fault."""
    if len(json.dumps(content)) > largest:
        yield "", "VALUE_OUT_OF_BOUNDS", "The body is larger than 130 kB."
    if not content.get("client_id"):
        yield "client_id", "VALUE_REQUIRED", "Measurement requires a client_id."
    events = content.get("events") or []
    if not 1 <= len(events) <= 25:
        yield "events", "EXCEEDED_MAX_ENTITIES", "There must be 1 to 25 events."
    if not set(content.get("consent", {}).values()) <= {"GRANTED", "DENIED"}:
        yield "consent", "VALUE_INVALID", "A consent is GRANTED or DENIED."
    if unknown := set(content) - {"client_id", "timestamp_micros", "consent", "events", "validation_behavior"}:
        yield sorted(unknown)[0], "VALUE_INVALID", "There is no such field."
    for event in events:
        yield from _of_event(event, now_s)


def _of_event(event, now_s: float):
    name, parameters = event.get("name", ""), event.get("params", {})
    if not _NAME.fullmatch(name):
        yield "events", "NAME_INVALID", f"Event name {name!r} is invalid."
    if name in RESERVED or name.startswith(("_", "firebase_", "ga_", "google_", "gtag.")):
        yield "events", "NAME_RESERVED", f"Event name {name!r} is reserved."
    if len(parameters) > 25:
        yield "events.params", "EXCEEDED_MAX_ENTITIES", "More than 25 parameters."
    for key, value in parameters.items():
        if not _NAME.fullmatch(key) or key.startswith(("_", "firebase_", "ga_", "google_", "gtag.")):
            yield f"events.params.{key}", "NAME_RESERVED", "The name is reserved or invalid."
        if len(str(value)) > 100:
            yield f"events.params.{key}", "VALUE_OUT_OF_BOUNDS", "The value has more than 100 characters."
    at_s = event.get("timestamp_micros", now_s * 1e6) / 1e6
    if not now_s - 72 * 3600 <= at_s <= now_s + 600:
        yield "events.timestamp_micros", "VALUE_OUT_OF_BOUNDS", "More than 72 hours ago, or to come."


class FakeGa4(ThreadingHTTPServer):
    """``ills``: what befalls the next requests, each once: a status, or a name of `Handler.ill`; ``now``: its clock."""

    daemon_threads = True

    def __init__(self, now=time.time):
        self.now, self.ills = now, []
        self.counted, self.dropped, self.asked, self.validated, self.heard = [], [], 0, [], []
        self.secret, self.released = SECRET, threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"

    def collect(self, query, content):
        """As /mp/collect: no complaint, whatever comes."""
        if query.get("api_secret") != self.secret or query.get("measurement_id") != MEASUREMENT_ID:
            self.dropped.append("wrong id or secret")
            return
        for _, _, description in (found := list(faults(content, self.now()))):
            self.dropped.append(description)
        if not found:
            self.counted += [(content["client_id"], event, content) for event in content["events"]]

    def shutdown(self):
        """Let everybody go who is held up."""
        self.released.set()
        super().shutdown()

    def handle_error(self, request, client_address):
        """Clients that hang up are no faults of the server."""


class Handler(BaseHTTPRequestHandler):
    """Answers as Google does."""

    def do_POST(self):
        server: FakeGa4 = self.server
        server.asked += 1
        ill = server.ills.pop(0) if server.ills else None
        content = self.rfile.read(int(self.headers["Content-Length"]))
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        server.heard.append((dict(self.headers), content))
        if isinstance(ill, int):
            self._answer(ill, b"")
        elif parts.path == "/debug/mp/collect":
            said = json.loads(content)
            server.validated.append(said)
            found = faults({**said}, server.now())
            messages = [dict(zip(("fieldPath", "validationCode", "description"), each, strict=True)) for each in found]
            self._answer(200, json.dumps({"validationMessages": messages}).encode())
        elif parts.path == "/mp/collect":
            server.collect(query, json.loads(content))
            self._ill(ill) if ill else self._answer(204, b"")
        else:
            self._answer(404, b"")

    def _ill(self, name):
        """After the event was counted, so that whoever sends it again counts twice."""
        if name == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif name == "stall":
            self.server.released.wait()
        elif name == "truncated":
            self.wfile.write(b"HTTP/1.1 20")
        elif name == "garbage":
            self.wfile.write(b"\0\1\2 what?\r\n\r\n")
        elif name == "short":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")

    def _answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass
