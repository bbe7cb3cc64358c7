"""A site and the HTTP API of callbacks in memory, as the callback form meets them: two origins, a strict
Content-Security-Policy, a proof of work that is checked, and everything that can go wrong when a test says so."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from routing.track.script import form, script

PAGE = Path(__file__).parents[1] / "track/callback/index.html"
ENTITIES = {
    "category": {"expression": "shop.product.category"},
    "region": {"expression": "shop.region.id"},
    "language": {},
}
#: As strict as a page's policy can be; the API's address goes to its end.
POLICY = (
    "default-src 'none'; script-src 'nonce-page'; style-src 'nonce-page'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types routing; connect-src "
)
KYIV = ZoneInfo("Europe/Kyiv")


class Server(ThreadingHTTPServer):
    """On a port of its own."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that waits no more is no fault."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def end(self) -> None:
        """Serve no more."""
        self.shutdown()
        self.server_close()


class Site(Server):
    """Any path is the page; ``fill`` says what stands in it."""

    def __init__(self, api: str, page: str = "") -> None:
        super().__init__(_Page)
        self.page = page or PAGE.read_text("utf-8")
        self.fill = {"API": api, "LANG": "uk", "SCHEME": "light", "CSS": "", "MARKS": "", "BODY": ""}


def at_home(page: str, api: str) -> str:
    """The example company's page, with an API and a policy of this machine."""
    page = page.replace("https://track.standartpark.example", api)
    return page.replace("nonce-of-this-answer", "nonce-page").replace('"of-this-answer"', '"page"')


class _Page(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        text = self.server.page if self.path != "/blank" else ""
        for name, value in self.server.fill.items():
            text = text.replace("{{" + name + "}}", value)
        body = text.encode()
        self.send_response(404 if self.path == "/favicon.ico" else 200)
        self.send_header("Content-Security-Policy", POLICY + self.server.fill["API"])
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Pages are not logged."""


@dataclass
class Answers:
    """What the API says and what it was told. ``refusals``: answers to the next orders, in turn. ``gate``: orders are
    answered only while it is set."""

    is_open: bool = True
    slots: list[str] = field(default_factory=list)
    opens: str | None = None
    refusals: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    received: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    challenges: set[str] = field(default_factory=set)
    #: The number that a proof must find, and the bound of the search; small, so that tests do not wait for it.
    secret_number: int = 90
    most: int = 1000
    #: The number that the tracking API lends.
    number: str | None = None
    has_form: bool = True
    refuses_all: bool = False
    #: Answers of any form instead of those of a path.
    odd: dict[str, Any] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()


class Api(Server):
    """The HTTP API for pages of one site."""

    def __init__(self) -> None:
        super().__init__(_Api)
        self.answers = Answers()
        self.allowed = ""


def slots(now: datetime, days: int = 2) -> list[str]:
    """Half hours of the next days' afternoons."""
    today = now.astimezone(KYIV).replace(minute=0, second=0, microsecond=0)
    return [
        (today.replace(hour=12 + half // 2, minute=half % 2 * 30) + timedelta(days=day)).isoformat()
        for day in range(1, days + 1)
        for half in range(8)
    ]


class _Api(BaseHTTPRequestHandler):
    server: Api
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        at, answers = urlsplit(self.path), self.server.answers
        answers.asked.append(self.path)
        if at.path in answers.odd:
            return self._say(200, answers.odd[at.path])
        if at.path == "/v1/site.js":
            return self._say(200, script(ENTITIES, False, True), "text/javascript")
        if at.path == "/v1/callback.js" and answers.has_form:
            return self._say(200, form(parse_qs(at.query)["lang"][0]), "text/javascript")
        if at.path == "/v1/callbacks/challenge":
            return self._say(200, self._challenge())
        if at.path == "/v1/callbacks/times":
            return self._say(
                200, {"open": answers.is_open, "zone": "Europe/Kyiv", "opens": answers.opens, "slots": answers.slots}
            )
        order = answers.orders.get(self.path)
        return self._say(200, order) if order else self._say(404, {"error": "unknown"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answers = self.server.answers
        if self.path != "/v1/callbacks":
            return self._say(200, {"number": answers.number, "shown": answers.number, "lease": 600, "pool": "site"})
        order = json.loads(body)
        answers.received.append(order)
        answers.gate.wait(30)
        if answers.refuses_all:
            return self._say(400, {"error": "number"})
        if answers.refusals:
            return self._say(*answers.refusals.pop(0))
        if not self._is_proved(order["proof"]):
            return self._say(403, {"error": "proof"})
        at = datetime.now(KYIV).isoformat() if order["at"] == "now" else order["at"]
        url = f"/v1/callbacks/{len(answers.orders)}?token=secret"
        answers.orders[url] = {"id": str(len(answers.orders)), "status": "ordered", "at": at, "url": url}
        return self._say(202, answers.orders[url])

    def do_DELETE(self) -> None:
        if order := self.server.answers.orders.get(self.path):
            order["status"] = "cancelled"
            return self._say(200, {"status": "cancelled"})
        return self._say(404, {"error": "unknown"})

    def do_OPTIONS(self) -> None:
        self._say(204, "")

    def _challenge(self) -> dict[str, Any]:
        answers = self.server.answers
        salt = f"{len(answers.asked):012x}?expires=1799999999&"
        challenge = hashlib.sha256(f"{salt}{answers.secret_number}".encode()).hexdigest()
        answers.challenges.add(challenge)
        return {
            "algorithm": "SHA-256",
            "challenge": challenge,
            "maxnumber": answers.most,
            "salt": salt,
            "signature": "signed",
        }

    def _is_proved(self, proof: str) -> bool:
        said = json.loads(base64.b64decode(proof))
        known = said["challenge"] in self.server.answers.challenges
        self.server.answers.challenges.discard(said["challenge"])
        found = hashlib.sha256(f"{said['salt']}{said['number']}".encode()).hexdigest()
        return (
            known
            and found == said["challenge"]
            and set(said) == {"algorithm", "challenge", "number", "salt", "signature"}
        )

    def _say(self, status: int, content: Any, kind: str = "application/json") -> None:
        body = (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response(status)
        if self.headers.get("Origin") == self.server.allowed:
            self.send_header("Access-Control-Allow-Origin", self.server.allowed)
            self.send_header("Access-Control-Allow-Methods", "GET, POST, DELETE")
        self.send_header("Content-Type", kind + "; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged."""
