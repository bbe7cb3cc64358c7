"""A forge of this machine: what the pipelines use of GitHub's and GitLab's API."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Forge:
    """The comments of GitHub's or GitLab's API: it pages, it refuses who may not write, others write too."""

    def __init__(self):
        self.comments = {}
        self.token, self.may_write, self.others = "secret", True, set()
        forge = self

        class Handler(BaseHTTPRequestHandler):
            def do(self):
                code, told = forge.asked(self)
                body = json.dumps(told).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_PUT = do

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def asked(self, request):
        length = int(request.headers.get("Content-Length") or 0)
        told = json.loads(request.rfile.read(length)) if length else {}
        address = urlsplit(request.path)
        if self.token not in (request.headers.get("Authorization", "").removeprefix("Bearer "),
                              request.headers.get("PRIVATE-TOKEN")):  # fmt: skip
            return 401, {}
        if request.command == "GET":
            page = int(parse_qs(address.query)["page"][0])
            return 200, list(self.comments.values())[(page - 1) * 100 : page * 100]
        if not self.may_write:
            return 403, {"message": "Resource not accessible by integration"}
        if request.command == "POST":
            number = len(self.comments) + 1
            self.comments[number] = {"id": number, "body": told["body"]}
            return 201, self.comments[number]
        number = int(address.path.rpartition("/")[2])
        if number in self.others:
            return 403, {}
        self.comments[number]["body"] = told["body"]
        return 200, self.comments[number]

    def __enter__(self):
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()
