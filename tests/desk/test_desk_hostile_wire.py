"""Bytes that mean harm at the desk's real server: no hidden request, no header of somebody else's, no fault."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import gevent
import pytest

from routing.desk.threads import LARGEST_BODY, InThreads
from routing.web.connections import ConnectionHandler, ConnectionLimits, PublicServer
from support.desk_bed import DeskBed

HOST = b"Host: desk.example\r\n"
#: A request in a request's body: it must never be answered as one.
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: desk.example\r\n\r\n"
_CHUNKED = b"0\r\n\r\n" + HIDDEN
#: Head, body: a proxy in front may read another length than the server does.
AMBIGUOUS = [
    (b"Content-Length: 4\r\nContent-Length: %d\r\n" % len(HIDDEN), b"a=b&" + HIDDEN),
    (b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(HIDDEN), HIDDEN),
    (b"Content-Length: %d\r\nContent-Length: 0\r\n" % len(HIDDEN), HIDDEN),
    *(
        (b"Content-Length: %s\r\n" % length, HIDDEN)
        for length in (b"+0", b"-0", b"-1", b"0,0", b"0, 40", b"0x0", b"0_0", b"0 0", b"", b" ", b"0;", b"\xb2",
        b"1e1",
                       b"0.0", b"0\x0b", b"99999999999999999999999", b"nan")
    ),
    *(
        (b"Transfer-Encoding: %s\r\n" % coding, _CHUNKED)
        for coding in (b"chunked", b"gzip, chunked", b"chunked, identity", b"xchunked", b"identity", b"Chunked",
                       b" chunked ", b"chunked;a=b", b"\x0bchunked", b"'chunked'", b"chunked\x00")
    ),
    *(
        (line + b"Content-Length: 4\r\n", b"a=b&" + _CHUNKED)
        for line in (b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding : chunked\r\n",
                     b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                     b"X: y\r\n Transfer-Encoding: chunked\r\n",
                     b"Transfer-Encoding:\r\n chunked\r\n", b"X: y\nTransfer-Encoding: chunked\r\n",
                     b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n",
                     b"X: y\rTransfer-Encoding: chunked\r\n")
    ),
    (b"Content-Length : %d\r\n" % len(HIDDEN), HIDDEN),
    (b"Content-Length\t: %d\r\n" % len(HIDDEN), HIDDEN),
    (b" Content-Length: %d\r\n" % len(HIDDEN), HIDDEN),
    (b"X: y\r\n Content-Length: %d\r\n" % len(HIDDEN), HIDDEN),
    (b"X\r\nContent-Length: %d\r\n" % len(HIDDEN), HIDDEN),
    (b": y\r\nContent-Length: %d\r\n" % len(HIDDEN), HIDDEN),
    (b"Content-Length:%d\rX: y\r\n" % len(HIDDEN), HIDDEN),
    (b"\x00Content-Length: %d\r\n" % len(HIDDEN), HIDDEN),
    (b"X: \x00\r\nContent-Length: %d\r\n" % len(HIDDEN), HIDDEN),
    (b"Expect: 100-continue\r\nContent-Length: 4\r\nContent-Length: 40\r\n", b"a=b&" + HIDDEN),
]  # fmt: skip
#: Request lines and heads that are none, or are odd.
HEADS = [
    b"GET /journal HTTP/1.1\nHost: desk.example\n\n", b"GET /journal\r\n",
    b"GET  /journal HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /journal HTTP/9.9\r\n\r\n", b"GET /journal HTTP/x\r\n\r\n", b"GET /journal HTTP/1.1.1\r\n" + HOST + b"\r\n",
    b"\x00\x00\x00\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET http://evil.example/journal HTTP/1.1\r\n" + HOST + b"\r\n", b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", b"TRACE /journal HTTP/1.1\r\n" + HOST + b"\r\n",
    b"DELETE /journal HTTP/1.1\r\n" + HOST + b"\r\n", b"g\xc3\xa9t /journal HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /journal HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /journal HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
    b"GET /journal HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", b"GET /static/../serve.py HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /static/%2e%2e/serve.py HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /static/..%2fserve.py HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /static//etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET //evil.example/%2f.. HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n", b"GET /%00 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /journal?%zz=%u1234&%ff=%c0%ae HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /journal HTTP/1.1\r\n" + HOST + b"Cookie: desk_session=\xff\xfe; desk_session=x; desk_language=%00\r\n\r\n",
    b"GET /journal HTTP/1.1\r\n" + HOST + b"Accept-Language: " + b"uk;q=," * 900 + b"\r\n\r\n",
    b"GET /journal HTTP/1.1\r\n" + HOST + b"Range: bytes=0-,0-,0-\r\nIf-None-Match: \xff\r\n\r\n",
    b"GET /journal HTTP/1.1\r\nHost: \xff\xff\r\n\r\n", b"GET /journal HTTP/1.1\r\nHost: a b\r\n\r\n",
    b"GET /journal HTTP/1.1\r\nHost: desk.example:99999999\r\n\r\n", b"GET /journal HTTP/1.1\r\nHost: [::1\r\n\r\n",
    b"GET /journal HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"GET /journal HTTP/1.1\r\n" + HOST + b"X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: javascript\r\n\r\n",
]  # fmt: skip
#: Bodies that are no form; none changes anything.
BODIES = [
    (b"application/json", b"[" * 30_000 + b"]" * 30_000), (b"application/json", b'{"name": "ops"}'),
    (b"application/x-www-form-urlencoded", b"a=b&" * 15_000), (b"application/x-www-form-urlencoded",
    b"\xff\xfe\x00=\xff"),
    (b"application/x-www-form-urlencoded", b"name=%ff%fe&password=%00"), (b"application/x-www-form-urlencoded",
    b"&&&=;="),
    (b"multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"), (b"multipart/form-data", b"--x"),
    (b"multipart/form-data; boundary=" + b"x" * 900, b"x" * 900),
    (b"multipart/form-data; boundary=x",
    b'--x\r\nContent-Disposition: form-data; name="name"; filename="../../x"\r\n\r\nz\r\n--x--'),
    (b"multipart/form-data; boundary=x",
    b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n' * 1200 + b"--x--"),
    (b"text/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'), (b"\xff", b"x"), (b"", b"x"),
    (b"application/x-www-form-urlencoded; charset=utf-16", b"n\x00a\x00"),
]  # fmt: skip


class WiredDesk:
    """The desk's application on the server that `routing desk` runs, in a thread; it notes each request's path."""

    def __init__(self, folder: Path, handler: type[ConnectionHandler] = ConnectionHandler) -> None:
        self.bed, self._handler = DeskBed(folder), handler
        self.paths: list[str] = []
        self._ready, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(30)

    def send(self, data: bytes) -> bytes:
        """What comes back until the server closes, or has answered a last request for a page that is there."""
        with socket.create_connection(("127.0.0.1", self.port), 20) as line:
            with suppress(OSError):  # it has refused the request before all of it came
                line.sendall(data)
                line.shutdown(socket.SHUT_WR)
            found = b""
            while part := _part(line):
                found += part
        return found

    def close(self) -> None:
        """Stop serving."""
        self._stop.set()
        self._thread.join(30)
        self.bed.close()

    def _serve(self) -> None:
        inside = InThreads(self.bed.application.wsgi_app)

        def noting(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            self.paths.append(environ["PATH_INFO"])
            return inside(environ, start_response)

        server = PublicServer(("127.0.0.1", 0), noting, self._handler, ConnectionLimits(200, 0))
        server.start()
        self.port = server.server_port
        self._ready.set()
        while not self._stop.is_set():
            gevent.sleep(0.01)
        server.stop(timeout=0)


def _part(line: socket.socket) -> bytes:
    try:
        return line.recv(65536)
    except ConnectionError:
        return b""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WiredDesk]:
    desk = WiredDesk(tmp_path_factory.mktemp("wired"))
    yield desk
    desk.close()


@pytest.fixture(autouse=True)
def fresh(desk: WiredDesk) -> None:
    desk.paths.clear()
    desk.bed.faults.clear()
    desk.bed.now += 600.0


@pytest.mark.parametrize("at", range(len(AMBIGUOUS)))
@pytest.mark.parametrize("method", [b"POST", b"GET"])
def test_no_request_hides_in_another_ones_body(desk: WiredDesk, at: int, method: bytes) -> None:
    head, body = AMBIGUOUS[at]
    answer = desk.send(method + b" /sign-in HTTP/1.1\r\n" + HOST + head + b"\r\n" + body)
    assert "/hidden" not in desk.paths, answer[:300]
    assert answer.count(b"HTTP/1.1 ") <= 1, answer[:300]
    status = int(answer.split()[1]) if answer else 0
    assert status == 0 or 400 <= status < 500, answer[:300]
    assert desk.bed.faults == []


def test_two_honest_requests_are_both_answered(desk: WiredDesk) -> None:
    form = b"name=ops&password=x"
    one = b"POST /sign-in HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(form) + form
    answer = desk.send(one + HIDDEN)
    assert desk.paths == ["/sign-in", "/hidden"]
    assert answer.count(b"HTTP/1.1 ") == 2


class StreamingHandler(ConnectionHandler):
    """As for downloads and live pages: the last answer of its connection."""

    streams = True


def test_the_last_answer_of_a_connection_says_so(tmp_path: Path) -> None:
    """A browser that has heard a recording would send its next request into a connection that is closed."""
    desk = WiredDesk(tmp_path, StreamingHandler)
    answer = desk.send(HIDDEN * 2)
    desk.close()
    assert answer.count(b"HTTP/1.1 ") == 1 and answer.count(b"Connection: close\r\n") == 1


@pytest.mark.parametrize("at", range(len(HEADS)))
def test_an_odd_head_gets_no_page_and_makes_no_fault(desk: WiredDesk, at: int) -> None:
    answer = desk.send(HEADS[at])
    head, _, page = answer.partition(b"\r\n\r\n")
    assert not head or int(head.split()[1]) < 500, head[:300]
    assert b"root:" not in page and b"def serve" not in page and b"evil.example" not in head
    assert b"Ivan Koval" not in page, "nobody is signed in"
    assert desk.bed.faults == []


@pytest.mark.parametrize("at", range(len(BODIES)))
def test_a_body_that_is_no_form_changes_nothing(desk: WiredDesk, at: int) -> None:
    kind, body = BODIES[at]
    for path in (b"/sign-in", b"/enter", b"/choose", b"/settings/password", b"/forget", b"/accounts/ops/link"):
        head = b"POST " + path + b" HTTP/1.1\r\n" + HOST + b"Content-Type: " + kind + b"\r\nContent-Length: %d\r\n\r\n"
        answer = desk.send(head % len(body) + body)
        status = int(answer.split()[1])
        assert 300 <= status < 500, (path, answer[:300])
        assert status != 303 or path == b"/choose", (path, answer[:300])
        assert b"root:" not in answer
    assert desk.bed.faults == []


@pytest.mark.parametrize("size", [LARGEST_BODY + 1, 10**9, 10**30])
def test_an_oversized_body_is_not_read(desk: WiredDesk, size: int) -> None:
    answer = desk.send(b"POST /sign-in HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % size + HIDDEN)
    assert answer.startswith(b"HTTP/1.1 4") and answer.count(b"HTTP/1.1 ") == 1
    assert "/hidden" not in desk.paths


@pytest.mark.parametrize(
    "value", ["x\r\nSet-Cookie: a=b", "x%0d%0aSet-Cookie: a=b", "/%0d%0aLocation:%20//e", "\u560a\u560dX: y"]
)
@pytest.mark.parametrize("path", ["/sign-in?next={}", "/enter?token={}", "/journal?client={}", "/{}"])
def test_no_text_becomes_a_header(desk: WiredDesk, path: str, value: str) -> None:
    line = path.format(value.replace("\r\n", "%0d%0a").replace(" ", "%20")).encode()
    answer = desk.send(b"GET " + line + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    lines = [each.partition(b": ") for each in answer.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]]
    assert not {name.lower() for name, _, _ in lines} & {b"set-cookie", b"x"}
    targets = [target for name, _, target in lines if name.lower() == b"location"]
    assert len(targets) <= 1 and all(target.startswith(b"/sign-in?next=/") for target in targets)
