"""The webhook client against handlers that answer well, badly, slowly, endlessly or not at all, over real TCP."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable, Iterator

import gevent
import gevent.socket
import pytest
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer

from routing.http.address import Resolver
from routing.http.client import LONGEST_BODY, HttpClient
from routing.model.web import NoReply

HEADERS = {"Content-Type": "application/json"}
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Handler:
    """A handler that runs ``script(sock)`` for each connection after reading the request's head."""

    def __init__(self, script: Callable[[gevent.socket.socket], None]) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._script = script
        self._server = StreamServer(("127.0.0.1", 0), self._serve, spawn=Pool())
        self._server.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/route?token=hush"

    def _serve(self, sock: gevent.socket.socket, _: object) -> None:
        self.connections += 1
        got = b""
        with sock, contextlib.suppress(OSError):
            while b"\r\n\r\n" not in got and (received := sock.recv(65536)):
                got += received
            self.requests.append(got)
            self._script(sock)

    def stop(self) -> None:
        self._server.stop(0)


@pytest.fixture
def handler() -> Iterator[Callable[..., Handler]]:
    started: list[Handler] = []

    def start(script: Callable[[gevent.socket.socket], None]) -> Handler:
        started.append(Handler(script))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def client(**options: object) -> HttpClient:
    return HttpClient(Resolver(time.monotonic), **options)


def ask(url: str, deadline_s: float = 3.0, asking: HttpClient | None = None, method: str = "POST", body: bytes = b"{}"):
    with gevent.Timeout(5, AssertionError("the client did not keep its deadline")):
        return (asking or client()).exchange(method, url, HEADERS, body, deadline_s)


def says(*parts: bytes) -> Callable[[gevent.socket.socket], None]:
    def script(sock: gevent.socket.socket) -> None:
        for part in parts:
            sock.sendall(part)

    return script


def test_an_answer_comes_back_whole(handler):
    there = handler(says(OK))
    reply = ask(there.url)
    assert (reply.status, reply.headers["content-type"], reply.body) == (200, "application/json", b"{}")
    head, body = there.requests[0].split(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /route?token=hush HTTP/1.1"
    assert {"Connection: close", "Content-Length: 2", "Content-Type: application/json"} <= set(lines)
    assert body == b"{}"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n{}",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
    ],
)
def test_other_forms_of_http_are_understood(handler, answer):
    assert ask(handler(says(answer)).url).body == b"{}"


def test_redirects_are_not_followed(handler):
    there = handler(says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"))
    assert ask(there.url).status == 302
    assert there.connections == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "not HTTP: RemoteDisconnected"),
        (b"garbage\r\n\r\n", "not HTTP: BadStatusLine"),
        (b"HTTP/1.1 abc\r\n\r\n", "not HTTP: BadStatusLine"),
        (b"\x16\x03\x01\x00" * 20_000, "not HTTP: LineTooLong"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "the answer broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort", "not HTTP: IncompleteRead"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + b"x" * 100_000, "longer than 64 kB"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (LONGEST_BODY + 1), "longer than 64 kB"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n", "not HTTP: HTTPException"),
    ],
)
def test_what_is_no_answer_says_so_and_is_not_asked_again(handler, answer, reason):
    there = handler(says(answer))
    with pytest.raises(NoReply, match=reason) as problem:
        ask(there.url)
    assert "hush" not in str(problem.value)
    assert there.connections == 1


def _drip(start: bytes, drop: bytes) -> Callable[[gevent.socket.socket], None]:
    def script(sock: gevent.socket.socket) -> None:
        sock.sendall(start)
        while True:
            sock.sendall(drop)
            gevent.sleep(0.005)

    return script


@pytest.mark.parametrize(
    "script",
    [
        lambda sock: Event().wait(10),
        _drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        _drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        _drip(b"", b"H"),
        _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silent", "headers", "body", "status line", "endless 100"],
)
def test_slow_handlers_meet_the_deadline(handler, script):
    there = handler(script)
    with pytest.raises(NoReply, match=r"no answer within 0.1 s|not HTTP"):
        ask(there.url, deadline_s=0.1)
    assert there.connections == 1


def test_a_reset_after_the_request_is_not_asked_again(handler):
    def reset(sock: gevent.socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    there = handler(reset)
    with pytest.raises(NoReply, match=r"reset|not HTTP"):
        ask(there.url)
    assert there.connections == 1


def test_a_connect_that_failed_is_tried_at_the_next_address(handler):
    there = handler(says(OK))
    port = int(there.url.split(":")[2].split("/")[0])
    resolver = Resolver(time.monotonic, lambda host: [(socket.AF_INET, "127.0.0.2"), (socket.AF_INET, "127.0.0.1")])
    reply = ask(f"http://handler.example:{port}/", asking=HttpClient(resolver))
    assert reply.status == 200


def test_a_refused_connection_is_an_answer_in_words():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        with pytest.raises(NoReply, match="connection refused"):
            ask(url)


def test_a_name_server_that_hangs_meets_the_deadline():
    asked = client()
    hangs = Event()
    asked.resolver.ask = lambda host: hangs.wait()
    with pytest.raises(NoReply, match=r"no address of handler\.example in time"):
        ask("http://handler.example/", deadline_s=0.1, asking=asked)


@pytest.mark.parametrize("url", ["ftp://x/", "file:///etc/passwd", "http://", "//x", "http://x:99999/", "gopher://x"])
def test_other_urls_are_refused(url):
    with pytest.raises(NoReply):
        ask(url)


def test_headers_with_line_breaks_are_never_sent(handler):
    there = handler(says(OK))
    with pytest.raises(NoReply, match="line break"):
        client().exchange("POST", there.url, {"X": "a\r\nHost: b"}, b"", 3.0)


def test_spaces_and_cyrillic_in_a_url_are_encoded(handler):
    there = handler(says(OK))
    ask(there.url.replace("/route", "/до менеджера"), method="GET", body=b"")
    assert there.requests[0].startswith(b"GET /%D0%B4%D0%BE%20%D0%BC")


def test_a_callers_own_timeout_passes_through(handler):
    there = handler(lambda sock: Event().wait(10))
    with pytest.raises(gevent.Timeout) as fired, gevent.Timeout(0.02) as outer:
        client().exchange("POST", there.url, HEADERS, b"", 3.0)
    assert fired.value is outer
