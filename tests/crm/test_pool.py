"""The pooled client against servers that keep, drop and break connections, over real TCP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import gevent
import gevent.pool
import gevent.socket
import pytest
from gevent.event import Event
from gevent.server import StreamServer

from routing.http.address import Resolver
from routing.http.pool import LONGEST_BODY, MOST_IDLE, HttpPool
from routing.model.web import NoReply

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\n{}"
Script = Callable[[gevent.socket.socket, int], bool]


class Server:
    """Serves ``script(sock, nth request of the connection)``; true keeps the connection."""

    def __init__(self, script: Script) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._script = script
        self._server = StreamServer(("127.0.0.1", 0), self._serve, spawn=gevent.pool.Pool())
        self._server.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/x?token=hush"

    def _serve(self, sock: gevent.socket.socket, _: object) -> None:
        self.connections += 1
        count, got = 0, b""
        try:
            while received := sock.recv(65536):
                got += received
                if b"\r\n\r\n" not in got:
                    continue
                self.requests.append(got)
                count, got = count + 1, b""
                if not self._script(sock, count):
                    return
        except OSError:
            pass

    def stop(self) -> None:
        self._server.stop(timeout=0)


@pytest.fixture
def server() -> Iterator[Callable[[Script], Server]]:
    started: list[Server] = []

    def start(script: Script) -> Server:
        started.append(Server(script))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def pool() -> Iterator[HttpPool]:
    pool = HttpPool(Resolver(time.monotonic))
    yield pool
    pool.close()


def ask(pool: HttpPool, url: str, deadline_s: float = 3.0):
    with gevent.Timeout(5, AssertionError("the client did not keep its deadline")):
        return pool.request("GET", url, {"Authorization": "Bearer hush"}, b"", deadline_s)


def says(*parts: bytes, keep: bool = True) -> Script:
    def script(sock: gevent.socket.socket, count: int) -> bool:
        for part in parts:
            sock.sendall(part)
        return keep

    return script


def test_one_connection_serves_many_requests(server, pool):
    there = server(says(OK))
    replies = [ask(pool, there.url) for _ in range(3)]
    assert {reply.body for reply in replies} == {b"{}"}
    assert replies[0].headers["x-a"] == "1"
    assert there.connections == 1
    assert b"Connection: close" not in there.requests[0]


def test_requests_at_the_same_time_have_connections_of_their_own(server, pool):
    def slow(sock: gevent.socket.socket, count: int) -> bool:
        gevent.sleep(0)
        sock.sendall(OK)
        return True

    there = server(slow)
    asked = [gevent.spawn(ask, pool, there.url) for _ in range(MOST_IDLE + 4)]
    gevent.joinall(asked, timeout=30, raise_error=True)
    assert sum(len(waiting) for waiting in pool.idle.values()) <= MOST_IDLE


@pytest.mark.parametrize("goodbye", [b"Connection: close\r\n", b""])
def test_a_connection_that_the_server_closed_is_opened_anew(server, pool, goodbye):
    answer = OK.replace(b"X-A", goodbye + b"X-A")
    there = server(says(answer, keep=False))
    assert ask(pool, there.url).status == 200
    gevent.sleep(0)
    assert ask(pool, there.url).status == 200
    assert there.connections == 2


def test_a_connection_closed_under_a_request_is_asked_once_more(server, pool):
    there = server(lambda sock, count: count == 1 and not sock.sendall(OK))
    for _ in range(3):
        assert ask(pool, there.url).status == 200
    assert there.connections == 3


def test_idle_connections_are_not_used_for_long(server):
    there, clock = server(says(OK)), [0.0]
    pool = HttpPool(Resolver(lambda: clock[0]))
    ask(pool, there.url)
    clock[0] = 31.0
    ask(pool, there.url)
    assert there.connections == 2
    pool.close()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "not HTTP"),
        (b"garbage\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (LONGEST_BODY + 1), "longer than 2048 kB"),
    ],
)
def test_what_is_no_answer_says_so(server, pool, answer, reason):
    there = server(says(answer, keep=False))
    with pytest.raises(NoReply, match=reason) as problem:
        ask(pool, there.url)
    assert "hush" not in str(problem.value)
    assert there.connections == 1


def test_a_silent_server_meets_the_deadline_and_leaves_no_connection(server, pool):
    there = server(lambda sock, count: bool(Event().wait(3)))
    with pytest.raises(NoReply, match=r"no answer within 0.1 s"):
        ask(pool, there.url, deadline_s=0.1)
    assert not any(pool.idle.values())


def test_redirects_are_answers_and_cookies_stay_apart(server, pool):
    there = server(says(b"HTTP/1.1 302 Found\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n"))
    reply = ask(pool, there.url)
    assert reply.status == 302
    assert reply.headers["set-cookie"] == "a=1\nb=2"


def test_refused_connections_and_odd_addresses_are_named_in_words(pool):
    with gevent.socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(NoReply, match="connection refused"):
            ask(pool, f"http://127.0.0.1:{closed.getsockname()[1]}/")
    not_asked = "the URL cannot be requested"
    refused = "address 169.254.169.254 is link-local or a metadata service"
    for url, words in {
        "ftp://x/": "the URL is neither http nor https",
        "http://": "the URL is neither http nor https",
        "http://host:secret/": not_asked,
        "http://[::1/": not_asked,
        "http://169.254.169.254/latest": refused,
    }.items():
        with pytest.raises(NoReply) as problem:
            ask(pool, url)
        assert str(problem.value) == words


@pytest.mark.parametrize("value", ["a\r\nHost: b", "пароль"])
def test_a_secret_that_is_no_header_is_not_sent(server, pool, value):
    there = server(says(OK))
    with pytest.raises(NoReply) as problem:
        pool.request("GET", there.url, {"Authorization": value}, b"", 3.0)
    assert value not in str(problem.value)
    assert not there.requests


def test_a_caller_who_hangs_up_leaves_no_connection(server, pool):
    there = server(lambda sock, count: bool(Event().wait(3)))
    asking = gevent.spawn(ask, pool, there.url)
    while not there.requests:
        gevent.sleep(0)
    asking.kill()
    assert not any(pool.idle.values())
