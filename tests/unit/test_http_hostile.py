"""No server that is asked by HTTP can hold up anybody but who asks: every attack of the table ends as NoReply within
the deadline, and the hub runs meanwhile."""

from __future__ import annotations

import contextlib
import time

import gevent
import pytest

from routing.http.address import Resolver
from routing.http.client import HttpClient
from routing.http.pool import HttpPool
from routing.model.web import NoReply, Reply
from support.hostile_http import ATTACKS, DRIPS, Guard, hostile

DEADLINE_S = 0.2
#: These end with an answer, which whoever asked then judges.
ANSWERS = {"bomb of gzip", "103 early hints", "two lengths"}


def _asked(asks: HttpClient, port: int, keeps: bool = False, deadline_s: float = DEADLINE_S) -> Reply | NoReply:
    ask = asks.request if isinstance(asks, HttpPool) else asks.exchange
    with gevent.Timeout(30, AssertionError("the deadline was not kept")):
        try:
            return ask("POST", f"http://127.0.0.1:{port}/route", {}, b"{}", deadline_s)
        except NoReply as problem:
            return problem
        finally:
            if isinstance(asks, HttpPool) and not keeps:
                asks.close()


@pytest.mark.parametrize("kind", [HttpClient, pytest.param(HttpPool, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_ends_for_its_asker_and_holds_up_nobody_else(attack, kind):
    with hostile(attack) as server, Guard(server) as guard:
        said = _asked(kind(Resolver(time.monotonic)), server.port)
    assert not guard.was_blocked
    assert isinstance(said, Reply if attack in ANSWERS else NoReply), said


@pytest.mark.parametrize("attack", DRIPS)
def test_what_comes_in_drops_meets_the_deadline(attack):
    with hostile(attack, drips=True) as server, Guard(server) as guard:
        said = _asked(HttpClient(Resolver(time.monotonic)), server.port)
    assert not guard.was_blocked
    assert str(said) == f"no answer within {DEADLINE_S} s"


def test_others_are_answered_meanwhile():
    """Twenty askers are held by servers that send without end; one of an honest server is answered again and again."""
    from gevent.pool import Pool as Greenlets
    from gevent.pywsgi import WSGIServer

    def application(_, start):
        start("200 OK", [("Content-Length", "2")])
        return [b"{}"]

    honest = WSGIServer(("127.0.0.1", 0), application, log=None)
    honest.start()
    answered = []
    with hostile("100 continue", drips=True) as slow, hostile("trailers") as fast, Guard(slow, fast) as guard:
        held = Greenlets()
        for server in (slow, fast) * 10:
            held.spawn(_asked, HttpClient(Resolver(time.monotonic)), server.port)
        while held.greenlets:
            answered.append(_asked(HttpClient(Resolver(time.monotonic)), honest.server_port, deadline_s=20))
    honest.stop()
    assert not guard.was_blocked
    assert answered and all(isinstance(each, Reply) for each in answered)


def test_a_server_that_says_more_than_was_asked_is_not_asked_on_that_connection_again():
    """What follows an answer would be read as the answer to the next question."""
    from gevent.server import StreamServer

    seen = []

    def serve(sock, _):
        with sock, contextlib.suppress(OSError):
            seen.append(sock)
            while sock.recv(65536):
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" * (2 if len(seen) == 1 else 1))

    server = StreamServer(("127.0.0.1", 0), serve)
    server.start()
    pool = HttpPool(Resolver(time.monotonic))
    replies = [_asked(pool, server.server_port, keeps=True) for _ in range(3)]
    pool.close()
    server.stop()
    assert all(isinstance(each, Reply) and each.body == b"{}" for each in replies)
    assert len(seen) == 2
