"""Servers that mean harm, on threads of their own: they never wait for us, and nothing of ours can starve them.

`ATTACKS` is a table: the bytes that come first, and those that are sent again and again as fast as the socket takes
them ("" for none: then silence). `Guard` watches from a thread how long the hub of gevent did not run.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import gevent

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b"\0" * 10_000_000)

ATTACKS: dict[str, tuple[bytes, bytes]] = {
    "silence": (b"", b""),
    "100 continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "100 continue with headers": (b"", b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n"),
    "100 continue with endless headers": (b"HTTP/1.1 100 Continue\r\n", b"X: y\r\n"),
    "103 early hints": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "status line": (b"HTTP/1.1 200 ", b"O"),
    "no status line": (b"", b"A"),
    "empty lines": (b"", b"\r\n"),
    "carriage returns": (b"", b"\r"),
    "zeros": (b"", b"\0"),
    "headers": (OK, b"X: y\r\n"),
    "one header": (OK + b"X: ", b"y"),
    "folded header": (OK + b"X: y\r\n", b" y\r\n"),
    "headers without a name": (OK, b": y\r\n"),
    "headers of 60 kB": (OK, b"X: " + b"y" * 60_000 + b"\r\n"),
    "cookies": (OK, b"Set-Cookie: a=" + b"b" * 4000 + b"\r\n"),
    "body": (OK + b"\r\n", b"y"),
    "body of promised 2^63": (OK + b"Content-Length: 9223372036854775808\r\n\r\n", b"y"),
    "body of promised 10^4000": (OK + b"Content-Length: 1" + b"0" * 4000 + b"\r\n\r\n", b"y"),
    "body of negative length": (OK + b"Content-Length: -1\r\n\r\n", b"y"),
    "body shorter than promised": (OK + b"Content-Length: 100\r\n\r\n{}", b""),
    "two lengths": (OK + b"Content-Length: 2\r\nContent-Length: 100\r\n\r\n{}", b"y"),
    "chunks": (CHUNKED, b"1\r\ny\r\n"),
    "large chunks": (CHUNKED, b"ffff\r\n" + b"y" * 0xFFFF + b"\r\n"),
    "chunk of 2^64": (CHUNKED + b"ffffffffffffffff\r\n", b"y"),
    "chunk of -1": (CHUNKED + b"-1\r\n", b"y"),
    "chunk size without end": (CHUNKED, b"0"),
    "chunk extension without end": (CHUNKED + b"1;a=", b"y"),
    "chunks with extensions": (CHUNKED, b"1;" + b"e" * 60_000 + b"\r\ny\r\n"),
    "trailers": (CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n"),
    "trailer without end": (CHUNKED + b"2\r\n{}\r\n0\r\nX: ", b"y"),
    "chunks and a length": (OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\ny\r\n"),
    "bomb of gzip": (OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB, b""),
    "endless gzip": (OK + b"Content-Encoding: gzip\r\n\r\n" + BOMB[:20], BOMB[100:4000]),
    "another protocol": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\0\0\0\4\0\0\0\0\0"),
    "continue, then a body": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"\r\n", b"y"),
}
#: A sip of each comes every few milliseconds: time runs out, not bytes.
DRIPS = ("100 continue", "headers", "one header", "body", "chunks", "trailers", "status line", "chunk size without end")


@dataclass
class Hostile:
    """Serves one attack to whoever connects, until `stop`. ``pause_s``: between two bytes of what repeats;
    ``waits``: for a request."""

    first: bytes
    again: bytes
    pause_s: float = 0.0
    tls: ssl.SSLContext | None = None
    port: int = 0
    waits: bool = True
    asked: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listener.settimeout(0.01)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def stop(self) -> None:
        """End every connection and thread."""
        self._stop.set()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with self._listener:
            while not self._stop.is_set():
                with contextlib.suppress(TimeoutError):
                    self._threads.append(
                        threading.Thread(target=self._attack, args=(self._listener.accept()[0],), daemon=True)
                    )
                    self._threads[-1].start()

    def _attack(self, sock: socket.socket) -> None:
        self.asked += 1
        sock.settimeout(0.5)
        with contextlib.suppress(OSError), sock, self._dressed(sock) as line:
            if self.waits:
                line.recv(65536)
            line.sendall(self.first)
            much = self.again * (1 if self.pause_s else max(1, 65536 // max(1, len(self.again))))
            while not self._stop.is_set():
                line.sendall(much)
                self._stop.wait(self.pause_s if much else 0.01)

    def _dressed(self, sock: socket.socket) -> socket.socket:
        return self.tls.wrap_socket(sock, server_side=True) if self.tls else sock


class Guard:
    """Notes the longest time that the hub did not run; after ``patience_s`` of it everybody in ``ends`` is stopped, so
    that a test whose hub is blocked fails and does not hang."""

    def __init__(self, *ends: Hostile, patience_s: float = 8.0) -> None:
        self.longest_s = 0.0
        self.beats = 0
        self._ends, self._patience_s = ends, patience_s
        self._beat_s = time.monotonic()
        self._done = threading.Event()

    def __enter__(self) -> Guard:
        self._beat_s = time.monotonic()
        self._heart = gevent.spawn(self._beating)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._heart.kill()
        self._done.set()
        self._thread.join()

    def _beating(self) -> None:
        while True:
            now_s = time.monotonic()
            self.longest_s = max(self.longest_s, now_s - self._beat_s)
            self._beat_s = now_s
            self.beats += 1
            gevent.sleep(0.005)

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            if time.monotonic() - self._beat_s > self._patience_s:
                self.longest_s = max(self.longest_s, self._patience_s)
                for each in self._ends:
                    each._stop.set()

    @property
    def was_blocked(self) -> bool:
        """Whether the hub did not run for longer than the patience."""
        return self.longest_s >= self._patience_s


@contextlib.contextmanager
def hostile(attack: str, drips: bool = False, tls: ssl.SSLContext | None = None) -> Iterator[Hostile]:
    """A server that does one of `ATTACKS`."""
    first, again = ATTACKS[attack]
    server = Hostile(first, again, 0.01 if drips else 0.0, tls)
    try:
        yield server
    finally:
        server.stop()
