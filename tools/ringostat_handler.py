#!/usr/bin/env python3
"""A webhook handler of the kind that is written for Ringostat: who is responsible for this customer?

    python ringostat_handler.py --port 8095

The engine POSTs the parameters that the step's `send` names; numbers come as digits without plus, percent-encoded:

    {"call_id": "3740e285-...", "client": "380500005555", "line": "380800330560"}

The answer is the target under the key that the step's `answer` names: a SIP account, a phone number or a scheme id.

    {"manager": "1221"}

Anything else goes on with the scheme; so does 404, the answer for a customer without a manager.
"""

from __future__ import annotations

import argparse
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

#: Customer's number -> SIP account of the person responsible.
RESPONSIBLE = {"380500005555": "1221", "380500006666": "1201"}
LONGEST_BODY = 64 * 1024


class Handler(BaseHTTPRequestHandler):
    """Answers POST on any path."""

    timeout = 10

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LONGEST_BODY:
            return self.reply(413, {"error": "a body of at most 64 kB with its Content-Length is needed"})
        try:
            client = unquote(str(json.loads(self.rfile.read(int(length)))["client"]))
        except (ValueError, KeyError, TypeError):
            return self.reply(400, {"error": "the body has no client"})
        if client not in RESPONSIBLE:
            return self.reply(404, {"error": "nobody is responsible"})
        return self.reply(200, {"manager": RESPONSIBLE[client]})

    def reply(self, status: int, content: dict[str, str]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged."""


def main() -> None:
    parser = argparse.ArgumentParser(description="A sample handler in Ringostat's form.")
    parser.add_argument("--port", type=int, default=8095)
    parser.add_argument("--quiet", action="store_true", help="accepted; requests are never logged")
    server = ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Handler)
    sys.stderr.write(f"ringostat_handler: http://127.0.0.1:{server.server_port}/\n")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
