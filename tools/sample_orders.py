#!/usr/bin/env python3
"""A server for `lookup` steps: the status of orders, and couriers who call the clients of theirs.

Copy it, put your shop's database in place of the tables.

    SHOP_KEY=whsec_... python sample_orders.py --port 8087

It needs nothing but Python. The engine sends what the scheme says, here

    GET /orders/4711?by=%2B380671234567              -> 200 {"status": "shipped", "delivery": {"date": "2026-12-24"}}
    GET /orders/9999                                 -> 404: there is no such order
    POST /orders  {"order": "4711", "pin": "1122"}   -> 200, or 404 when the PIN is not that order's
    POST /couriers  {"caller": "+380670002001", "pin": "2580"}      -> 200 {"courier": "yurii"}, or 404
    POST /clients  {"caller": "+380670002001", "order": "4711"}     -> 200 {"ring": "+380671234567"}, or 404

(the client of an order, for the courier who carries it) with the signature of Standard Webhooks when the step has a
``secret``. Anything but 200 with a JSON object, or 404, is ``down`` to the caller.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sample_handler import LONGEST_BODY, is_signed

#: Order -> what callers hear of it, and the PIN that proves who asks.
ORDERS = {
    "4711": {"status": "shipped", "delivery": {"date": "2026-12-24"}, "pin": "1122"},
    "4712": {"status": "packed", "delivery": {"date": ""}, "pin": "3344"},
    "0042": {"status": "ready", "delivery": {"date": ""}, "pin": "5566"},
}
#: Courier's number -> their name, the PIN that proves who calls, the clients of the orders that they carry.
COURIERS = {
    "+380670002001": {"courier": "yurii", "pin": "2580", "clients": {"4711": "+380671234567"}},
    "+380670002002": {"courier": "anton", "pin": "1470", "clients": {"4712": "+380501112233"}},
}
_PATH = re.compile(r"/orders/([0-9]{1,32})(?:\?.*)?")


def status(order: str) -> dict | None:
    """What is known of an order, without its PIN."""
    known = ORDERS.get(order)
    return {name: value for name, value in known.items() if name != "pin"} if known else None


def proven(question: dict) -> dict | None:
    """What is known of an order to somebody who has its PIN: both wrong look the same."""
    known = ORDERS.get(str(question.get("order")), {})
    right = hmac.compare_digest(str(known.get("pin", "")).encode(), str(question.get("pin", "")).encode())
    return status(str(question["order"])) if known and right else None


def courier(question: dict) -> dict | None:
    """Who calls, when the PIN is that of their number: a number alone can be forged."""
    known = COURIERS.get(str(question.get("caller")), {})
    right = hmac.compare_digest(str(known.get("pin", "")).encode(), str(question.get("pin", "")).encode())
    return {"courier": known["courier"]} if known and right else None


def client(question: dict) -> dict | None:
    """Whom to ring for a courier: the client of an order that they carry."""
    clients = COURIERS.get(str(question.get("caller")), {}).get("clients", {})
    number = clients.get(str(question.get("order")))
    return {"ring": number} if number else None


#: Address -> what answers the object that is posted there.
ANSWERS = {"/orders": proven, "/couriers": courier, "/clients": client}


class Orders(BaseHTTPRequestHandler):
    """Answers GET /orders/NUMBER, and POST at the addresses of `ANSWERS`."""

    timeout = 10
    secret = ""

    def do_GET(self) -> None:
        found = _PATH.fullmatch(self.path)
        if self.secret and not is_signed(self.headers, b"", self.secret, time.time()):
            return self.reply(401, {"error": "the signature is missing, wrong or old"})
        return self.say(status(found[1]) if found else None)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LONGEST_BODY:
            return self.reply(413, {"error": "a body of at most 64 kB with its Content-Length is needed"})
        body = self.rfile.read(int(length))
        if self.secret and not is_signed(self.headers, body, self.secret, time.time()):
            return self.reply(401, {"error": "the signature is missing, wrong or old"})
        try:
            question = json.loads(body)
        except ValueError:
            question = None
        if not isinstance(question, dict):
            return self.reply(400, {"error": "the body is not an object"})
        answer = ANSWERS.get(self.path)
        return self.say(answer(question) if answer else None)

    def say(self, known: dict | None) -> None:
        self.reply(200, known) if known else self.reply(404, {"error": "no such order"})

    def reply(self, code: int, content: dict) -> None:
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: paths hold orders."""


class Server(ThreadingHTTPServer):
    """A thread a request; stops with the main program."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    parser = argparse.ArgumentParser(description="A sample server for lookups: the status of orders.")
    parser.add_argument("--port", type=int, default=8087)
    parser.add_argument("--quiet", action="store_true", help="as the other samples take it; requests are never logged")
    options = parser.parse_args()
    Orders.secret = os.environ.get("SHOP_KEY", "").strip()
    try:
        server = Server(("127.0.0.1", options.port), Orders)
    except OSError as problem:
        sys.exit(f"sample_orders: cannot listen on 127.0.0.1:{options.port}: {problem.strerror}")
    sys.stderr.write(f"sample_orders: http://127.0.0.1:{server.server_port}/\n")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
