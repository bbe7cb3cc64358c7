"""HTTP servers of tests: any of them runs in a thread until the end of a block; one answers statuses in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from threading import Event, Thread
from typing import TypeVar

_Server = TypeVar("_Server", bound=BaseServer)


@contextmanager
def running(server: _Server) -> Iterator[_Server]:
    """A server that serves until the end of the block."""
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class StatusServer(ThreadingHTTPServer):
    """A customer's server: ``statuses`` in turn, the last one for ever; ``asked``: headers, bodies and paths.

    ``hangs``: it answers when ``released`` is set.
    """

    def __init__(self, path: str) -> None:
        self.statuses: list[int] = [200]
        self.asked: list[tuple[dict[str, str], bytes, str]] = []
        self.hangs, self.released = False, Event()
        super().__init__(("127.0.0.1", 0), _StatusHandler)
        self.url = f"http://127.0.0.1:{self.server_port}{path}"

    def shutdown(self) -> None:
        """Let everybody go who hangs."""
        self.released.set()
        super().shutdown()


class _StatusHandler(BaseHTTPRequestHandler):
    server: StatusServer

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((dict(self.headers), content, self.path))
        if self.server.hangs:
            self.server.released.wait()
        statuses = self.server.statuses
        self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Requests are not logged."""
