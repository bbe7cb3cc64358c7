"""Public servers under people who hold connections: everybody else is answered, and who is slow is let go."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import gevent.socket
import pytest

from routing.track.holders import FEWEST, Holders
from routing.web import connections as limits
from routing.web.connections import ConnectionHandler, ConnectionLimits, PublicServer
from routing.web.limits import network
from support.waiting import until

ASKED = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    environ["wsgi.input"].read(100)
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]


class Streams(ConnectionHandler):
    streams = True


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., PublicServer]]:
    started: list[PublicServer] = []

    def start(
        most: int, of_address: int, handler: type[ConnectionHandler] = ConnectionHandler, request_s: float = 5.0
    ) -> PublicServer:
        monkeypatch.setattr(limits, "REQUEST_SECONDS", request_s)
        listener = gevent.socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        started.append(PublicServer(listener, application, handler, ConnectionLimits(most, of_address)))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.stop(0)


def connected(server: PublicServer, host: str = "127.0.0.1") -> Any:
    return gevent.socket.create_connection(("127.0.0.1", server.server_port), source_address=(host, 0))


def answered(server: PublicServer, host: str = "127.0.0.1") -> bool:
    got = b""
    with gevent.Timeout(20, AssertionError("no answer")), connected(server, host) as sock, contextlib.suppress(OSError):
        sock.sendall(ASKED)
        while received := sock.recv(4096):
            got += received
    return got.endswith(b"ok")


def test_one_address_holds_so_many_connections_and_others_are_answered(serve: Any) -> None:
    server = serve(50, 10)
    slow = [connected(server) for _ in range(40)]
    until(lambda: server.limits.turned_away == 30)
    assert server.limits.open == 10 and not answered(server)
    assert all(answered(server, f"127.0.0.{n}") for n in range(2, 20))
    for each in slow:
        each.close()
    until(lambda: server.limits.open == 0)
    assert answered(server)


def test_many_addresses_that_are_slow_make_room_for_who_asks(serve: Any) -> None:
    server = serve(20, 10)
    slow = [connected(server, f"127.0.1.{n}") for n in range(1, 60)]
    for each in slow:
        with contextlib.suppress(OSError):
            each.sendall(b"GET / HTTP/1.1\r\nX: ")
    assert all(answered(server, f"127.0.0.{n}") for n in range(2, 10))
    assert server.limits.open <= 20
    for each in slow:
        each.close()


@pytest.mark.parametrize(
    "begun",
    [b"", b"G", b"GET / HTTP/1.1\r\nX: ", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\nab",
     b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"],
)  # fmt: skip
def test_a_request_that_does_not_come_in_time_is_let_go(serve: Any, begun: bytes) -> None:
    server = serve(10, 10, request_s=0.1)
    with connected(server) as sock:
        sock.sendall(begun)
        drip = gevent.spawn(_drip, sock)
        until(lambda: server.limits.open == 1)
        until(lambda: server.limits.open == 0)
        drip.kill()
    assert answered(server)


def test_an_idle_connection_is_let_go_and_a_body_that_no_stream_reads_is_not_waited_for(serve: Any) -> None:
    server = serve(10, 10, Streams, request_s=0.2)
    with connected(server) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        drip = gevent.spawn(_drip, sock)
        until(lambda: server.limits.open == 0)
        drip.kill()


def _drip(sock: Any) -> None:
    with contextlib.suppress(OSError):
        while True:
            gevent.sleep(0.01)
            sock.sendall(b"a")


def test_behind_a_proxy_its_connections_are_not_one_visitors(serve: Any) -> None:
    server = serve(30, 0)
    held = [connected(server) for _ in range(20)]
    until(lambda: server.limits.open == 20)
    assert answered(server)
    for each in held:
        each.close()


def test_one_address_holds_a_quarter_of_a_pool() -> None:
    now = [0.0]
    holders = Holders(lambda: now[0])

    def lent(address: str, pool: str, numbers: int) -> int:
        count = 0
        for n in range(numbers):
            if holders.may(address, pool, numbers, f"visitor-{n}"):
                holders.lent(address, pool, f"visitor-{n}", 1800)
                count += 1
        return count

    assert lent("192.0.2.1", "kharkiv", 40) == 10
    assert lent("192.0.2.2", "kharkiv", 40) == 10
    assert lent("192.0.2.1", "small", 3) == 3 and lent("192.0.2.1", "five", 5) == FEWEST
    assert lent("2001:db8::1", "kharkiv", 40) == 10 and lent("2001:db8::ffff:2", "kharkiv", 40) == 10
    assert not holders.may("2001:db8::3", "kharkiv", 40, "visitor-99")
    now[0] += 1801
    assert lent("192.0.2.1", "kharkiv", 40) == 10


@pytest.mark.parametrize(
    ("written", "who"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[2001:db8::1]:443", "2001:db8::/64"),
        ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_whose_an_address_is(written: str, who: str) -> None:
    assert network(written) == who
