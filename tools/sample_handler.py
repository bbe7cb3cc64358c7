#!/usr/bin/env python3
"""A webhook handler by customer and region: copy it, change the three tables, and point a webhook step's url at it.

    WEBHOOK_SECRET=whsec_... python sample_handler.py --port 8085

It needs nothing but Python. The engine POSTs JSON about the call:

    {"call_id": "3740e285-...", "number": "+380800111222", "caller": "+380577001122", "caller_pays": true,
     "scheme": "webhook", "step": "1", "started": "2026-03-02T08:15:00+00:00", "entities": {"region": "odesa"}}

and takes as an answer (status 200) one of

    {"scheme": "kharkiv"}                               leave for another scheme
    {"ring": "ivan"}                                    ring a person; or "ivan.mobile", "1001", "+380501112233"
    {"ring": "ivan", "for": 20, "caller_name": "Olha"}  for so many seconds, with a name on the phone's display
    {"continue": true}                                  go on with the scheme
    {"hangup": "USER_BUSY"}                             end the call with a hangup cause

Anything else, an error status, or no answer within the step's timeout goes on with the scheme.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Customers who are always put through to the person they know; the name is shown on their phone.
CUSTOMERS = {"+380670001001": {"ring": "ivan", "for": 20, "caller_name": "Готель Либідь"}}
#: What the visitor chose on the site, when the number was lent to them (entity `region`) -> what to answer.
CHOSEN = {"odesa": {"scheme": "odesa"}, "dnipro": {"scheme": "dnipro"}, "kyiv": {"scheme": "kyiv"}}
#: Where a caller's number begins -> what to answer. The longest prefix that fits wins.
REGIONS = {
    "+38032": {"scheme": "lviv"},
    "+38034": {"scheme": "ivano_frankivsk"},
    "+38036": {"scheme": "rivne"},
    "+38043": {"scheme": "vinnytsia"},
    "+38044": {"scheme": "kyiv"},
    "+38046": {"scheme": "chernihiv"},
    "+38048": {"scheme": "odesa"},
    "+38053": {"scheme": "poltava"},
    "+38056": {"scheme": "dnipro"},
    "+38057": {"scheme": "kharkiv"},
    "+38061": {"scheme": "zaporizhzhia"},
}
#: Everybody else, and callers who hide their number: the engine goes on with the scheme.
ELSEWHERE = {"continue": True}
#: A request older or newer than this was not made just now: somebody repeats it.
TOLERANCE_SECONDS = 300
LONGEST_BODY = 64 * 1024


def answer(call: dict) -> dict:
    """What to do with a call."""
    caller = str(call.get("caller", ""))
    if caller in CUSTOMERS:
        return CUSTOMERS[caller]
    chosen = (call.get("entities") or {}).get("region")
    if chosen in CHOSEN:
        return CHOSEN[chosen]
    fitting = [prefix for prefix in REGIONS if caller.startswith(prefix)]
    return REGIONS[max(fitting, key=len)] if fitting else ELSEWHERE


def is_signed(headers: Mapping[str, str], body: bytes, secret: str, now_s: float) -> bool:
    """Whether the request bears a signature made with our secret (Standard Webhooks), not long ago.

    Webhook-Signature holds one or, while a secret is being replaced, two signatures: ``v1,<base64> v1,<base64>``.
    """
    message_id, timestamp = headers.get("Webhook-Id", ""), headers.get("Webhook-Timestamp", "")
    if not timestamp.isdigit() or abs(now_s - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers.get("Webhook-Signature", "").split()
    return any(hmac.compare_digest(each.encode(), expected.encode()) for each in given)


class Handler(BaseHTTPRequestHandler):
    """Answers POST on any path."""

    timeout = 10
    secret = ""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LONGEST_BODY:
            return self.reply(413, {"error": "a body of at most 64 kB with its Content-Length is needed"})
        body = self.rfile.read(int(length))
        if self.secret and not is_signed(self.headers, body, self.secret, time.time()):
            return self.reply(401, {"error": "the signature is missing, wrong or old"})
        try:
            call = json.loads(body)
        except ValueError:
            return self.reply(400, {"error": "the body is not JSON"})
        if not isinstance(call, dict):
            return self.reply(400, {"error": "the body is not an object"})
        return self.reply(200, answer(call))

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
    parser = argparse.ArgumentParser(description="A sample webhook handler: routes callers by region.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8085)
    parser.add_argument("--quiet", action="store_true", help="log no requests")
    options = parser.parse_args()
    Handler.secret = os.environ.get("WEBHOOK_SECRET", "").strip()
    try:
        server = Server((options.host, options.port), Handler)
    except OSError as problem:
        sys.exit(f"sample_handler: cannot listen on {options.host}:{options.port}: {problem.strerror}")
    server.loud = not options.quiet
    where = "signed requests only" if Handler.secret else "no WEBHOOK_SECRET: signatures are not checked"
    sys.stderr.write(f"sample_handler: http://{options.host}:{server.server_port}/ ({where})\n")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
