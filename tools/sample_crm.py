#!/usr/bin/env python3
"""A CRM to try `crm` steps with: who is responsible for this caller? Ask your own one the same questions.

    CRM_TOKEN=... python sample_crm.py --port 8096

The engine asks, with `Authorization: Bearer CRM_TOKEN` and numbers as digits without plus:

    GET /deals?phone=380500007101    {"deals": [{"id": 512, "stage": "offer", "manager": "m-41", "changed": "2026-...",
                                                 "client": {"name": ..., "phones": [...]}, "url": ...}]}
    GET /clients?phone=380500007101  {"clients": [{"id": 12, "manager": "m-42", "name": ..., "phones": [...], ...}]}
    GET /leads?phone=380500007201&campaign=architects_autumn
                                     {"leads": [{"id": "architects_autumn", "manager": "m-43", "phones": [...]}]}
    GET /managers/m-43               {"email": ..., "extension": ..., "works": true}

Where in such an answer the engine finds what it needs stands in the schemes (schemes/crm.yaml). It needs nothing but
Python.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

#: Phones stand as somebody typed them; the manager is who looks after the client.
CLIENTS = [
    {"id": 12, "name": "ТОВ Київбуд", "phones": ["+38 (050) 000-71-01"], "manager": "m-42"},
    {"id": 13, "name": "ФОП Шевчук", "phones": ["050 000 71 02", "044 000 90 00"], "manager": "m-42"},
    {"id": 14, "name": "Парк Наталка", "phones": ["0500007103"], "manager": "m-17"},
    {"id": 15, "name": "Ландшафт-Сервіс", "phones": ["+380500007104"], "manager": "m-43"},
]
#: Deals by the client's id. Only the first of Kyivbud's is open: the other one was won in spring.
DEALS = [
    {"id": 512, "client": 12, "stage": "offer", "manager": "m-41", "changed": "2026-11-20T15:40:00+02:00"},
    {"id": 377, "client": 12, "stage": "won", "manager": "m-43", "changed": "2026-04-02T10:00:00+03:00"},
    {"id": 498, "client": 13, "stage": "lost", "manager": "m-41", "changed": "2026-09-14T12:30:00+03:00"},
]
#: Who runs a campaign of the site; it brings people whom nobody knows yet.
CAMPAIGNS = {"architects_autumn": "m-43", "architects_roofs": "m-42"}
MANAGERS = {
    "m-41": {"email": "artem@standartpark.example", "extension": "401", "works": True},
    "m-42": {"email": "liliia@standartpark.example", "extension": "402", "works": True},
    "m-43": {"email": "denys@standartpark.example", "extension": "403", "works": True},
    "m-17": {"email": "borys@standartpark.example", "extension": "417", "works": True},
}
#: Digits that two writings of one number have in common.
TAIL = 9


def clients(digits: str) -> list[dict]:
    """Clients with a number, however it is written."""
    found = [one for one in CLIENTS if any(tail(phone) == tail(digits) for phone in one["phones"])]
    return [{**one, "url": f"https://crm.standartpark.example/clients/{one['id']}"} for one in found]


def deals(digits: str) -> list[dict]:
    """Deals of those clients, open or not: the schemes say which count."""
    known = {client["id"]: client for client in clients(digits)}
    return [
        {**deal, "client": known[deal["client"]], "url": f"https://crm.standartpark.example/deals/{deal['id']}"}
        for deal in DEALS
        if deal["client"] in known
    ]


def leads(digits: str, campaign: str) -> list[dict]:
    """Who runs the campaign that brought this caller."""
    manager = CAMPAIGNS.get(campaign)
    return [{"id": campaign, "manager": manager, "phones": [digits]}] if manager else []


def tail(phone: str) -> str:
    return re.sub(r"\D", "", phone)[-TAIL:]


class Handler(BaseHTTPRequestHandler):
    """Answers GET."""

    timeout = 10
    token = ""

    def do_GET(self) -> None:
        given = self.headers.get("Authorization", "")
        if self.token and not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            return self.reply(401, {"error": "the token is missing or wrong"})
        asked = urlsplit(self.path)
        told = dict(parse_qsl(asked.query))
        digits = told.get("phone", "")
        if asked.path == "/deals":
            return self.reply(200, {"deals": deals(digits)})
        if asked.path == "/leads":
            return self.reply(200, {"leads": leads(digits, told.get("campaign", ""))})
        if asked.path == "/clients":
            return self.reply(200, {"clients": clients(digits)})
        manager = MANAGERS.get(asked.path.removeprefix("/managers/"))
        return self.reply(200, manager) if manager else self.reply(404, {"error": "there is no such thing here"})

    def reply(self, status: int, content: dict) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        if self.server.loud:
            sys.stderr.write(f"{self.log_date_time_string()} {format % args}\n")


class Server(ThreadingHTTPServer):
    """A thread a request; stops with the main program."""

    daemon_threads = True
    request_queue_size = 128
    loud = True


def main() -> None:
    parser = argparse.ArgumentParser(description="A sample CRM with an HTTP API.")
    parser.add_argument("--port", type=int, default=8096)
    parser.add_argument("--quiet", action="store_true", help="log no requests")
    options = parser.parse_args()
    Handler.token = os.environ.get("CRM_TOKEN", "").strip()
    try:
        server = Server(("127.0.0.1", options.port), Handler)
    except OSError as problem:
        sys.exit(f"sample_crm: cannot listen on 127.0.0.1:{options.port}: {problem.strerror}")
    server.loud = not options.quiet
    where = "by token only" if Handler.token else "no CRM_TOKEN: everybody may ask"
    sys.stderr.write(f"sample_crm: http://127.0.0.1:{server.server_port}/ ({where})\n")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
