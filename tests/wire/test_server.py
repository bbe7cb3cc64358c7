"""The engine's listener under crowds: bounded calls, port scans, accept errors, draining."""

from __future__ import annotations

import resource

import pytest

from support.waiting import within
from support.wire_peer import Peer


def test_over_capacity_a_call_is_let_go_at_once_and_silent_peers_count(serve):
    bed = serve(most_calls=2)
    with Peer(bed.port) as one, Peer(bed.port) as two:
        one.expect_connect()
        two.expect_connect()
        with Peer(bed.port) as third:
            assert third.until_closed() == b""
        assert [reason for reason, _ in bed.ends] == ["over_capacity"]
    bed.ended()
    with Peer(bed.port) as later:
        assert later.decision() == {"routing_decision": "3:continue"}


@pytest.mark.thorough
def test_a_thousand_connections_at_once_do_no_harm(serve):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= hard < 4096:
        pytest.skip(f"only {hard} files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    bed = serve(most_calls=100)
    peers = [Peer(bed.port) for _ in range(1000)]
    with within(10):
        first = [peer.sock.recv(9) for peer in peers]
    assert first.count(b"connect\n\n") == 100
    assert first.count(b"") == 900
    for peer in peers:
        peer.sock.close()
    bed.ended()
    with Peer(bed.port) as later:
        assert later.decision() == {"routing_decision": "3:continue"}
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_port_scan_leaves_nothing_open(serve):
    bed = serve()
    for _ in range(200):
        Peer(bed.port).sock.close()
    with Peer(bed.port) as later:
        assert later.decision() == {"routing_decision": "3:continue"}
    assert set(bed.ended()) <= {"left", "broken"}


def test_an_accept_error_does_not_end_the_server(serve, capsys):
    bed = serve()
    accept, failures = bed.server.do_read, [OSError(24, "Too many open files")]

    def do_read():
        if failures:
            raise failures.pop()
        return accept()

    bed.server.do_read = do_read
    with Peer(bed.port) as peer:
        assert peer.decision() == {"routing_decision": "3:continue"}
    assert not failures


def test_drain_waits_for_open_calls_but_not_for_ever(serve):
    bed = serve()
    with Peer(bed.port) as peer:
        peer.expect_connect()
        assert bed.server.drain(0.01) == 1
    assert bed.server.drain(3) == 0
