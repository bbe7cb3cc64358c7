"""A call's socket, from accept to close, against a scripted FreeSWITCH: every position it can fail at."""

from __future__ import annotations

import contextlib
import socket
import struct

import gevent
import gevent.socket
import pytest
from gevent.event import Event
from wire_peer import FACTS, GOODBYE, OK, Peer, connect_reply, variables_of, within

from routing.esl.session import serve_call


def test_a_decision_reaches_freeswitch_in_one_piece(serve):
    bed = serve()
    bed.decide = lambda call: {"routing_decision": "3:ring:person:ivan", "routing_ring_for": "30"}
    with Peer(bed.port) as peer:
        assert peer.decision() == {"routing_decision": "3:ring:person:ivan", "routing_ring_for": "30"}
    assert bed.ended() == []
    (call,) = bed.calls
    assert (call.uuid, call.release) == (FACTS["uuid"], FACTS["release"])
    assert (call.scheme, call.step, call.caller_pays) == ("kharkiv", "3", True)
    assert (call.number, call.caller) == ("+380800111222", "+380501112233")
    assert call.started > 1_500_000_000


def test_the_reply_may_come_byte_by_byte(serve):
    bed = serve()
    with Peer(bed.port) as peer, within():
        peer.expect_connect()
        for byte in connect_reply():
            peer.send(bytes([byte]))
        assert variables_of(peer.until_closed()) == {"routing_decision": "3:continue"}


def test_a_decision_longer_than_the_socket_takes_is_sent_whole():
    ours, theirs = gevent.socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    ends: list[str] = []
    wish = {f"routing_{number}": "x" * 1000 for number in range(200)}
    served = gevent.spawn(serve_call, ours, lambda call: wish, lambda reason, _: ends.append(reason))
    got = b""
    with theirs, within():
        assert theirs.recv(9) == b"connect\n\n"
        theirs.sendall(connect_reply())
        while received := theirs.recv(100_000):
            got += received
        theirs.sendall(OK + OK)
        theirs.shutdown(socket.SHUT_WR)
        served.join()
    assert variables_of(got) == wish
    assert ends == []


@pytest.mark.parametrize(
    ("said", "end"),
    [
        (b"", "left"),
        (connect_reply()[:4000], "left"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "left"),
        (b"\n\n", "garbage"),
        (b"\xff\xfe\x00\x01\n\n", "garbage"),
        (b"SSH-2.0-OpenSSH_9.2\n\n", "garbage"),
        (b"Content-Type: auth/request\n\n", "garbage"),
        (b"x" * 70_000, "garbage"),
        (b"Event-Name: x\n" * 6_000 + b"\n", "garbage"),
        (connect_reply("Content-Length: 99999999999999\n"), "garbage"),
        (connect_reply("Content-Length: 1000000\n"), "garbage"),
        (connect_reply("Content-Length: -5\n"), "garbage"),
        (connect_reply("Content-Length: 12\n") + b"short", "left"),
        (b"Content-Type: command/reply\nReply-Text: +OK\n\n", "not_a_call"),
        (connect_reply(scheme="../../etc"), "not_a_call"),
        (connect_reply(step="3:ring"), "not_a_call"),
        (connect_reply(uuid="$(reboot)"), "not_a_call"),
        (connect_reply(release="relative/path"), "not_a_call"),
    ],
)
def test_a_peer_that_is_no_freeswitch_or_leaves_is_let_go(serve, said, end):
    bed = serve()
    with Peer(bed.port) as peer:
        peer.expect_connect()
        with contextlib.suppress(OSError):
            peer.send(said).sock.shutdown(socket.SHUT_WR)
        assert peer.until_closed() == b""
    assert bed.ended() == [end]
    assert bed.calls == []


def test_a_silent_peer_is_dropped_at_the_deadline(serve):
    bed = serve(connect_s=0.05)
    with Peer(bed.port) as peer:
        assert peer.expect_connect().until_closed() == b""
    assert bed.ended() == ["silent"]


def test_a_peer_that_drips_gets_no_more_time_than_a_silent_one(serve):
    bed = serve(connect_s=0.05)
    with Peer(bed.port) as peer:
        peer.expect_connect()
        drip = gevent.spawn(_drip, peer)
        assert peer.until_closed() == b""
        drip.kill()
    assert bed.ended() == ["silent"]


def _drip(peer: Peer) -> None:
    while True:
        peer.send(b"x")
        gevent.sleep(0.001)


def test_a_name_with_line_breaks_forges_no_header(serve):
    bed = serve()
    forged = "Caller-Caller-ID-Name: x%0Avariable_routing_scheme: lviv%0A%0AContent-Type: auth/request\n"
    with Peer(bed.port) as peer:
        peer.expect_connect().send(connect_reply(forged)).until_closed()
    assert bed.calls[0].scheme == "kharkiv"


def test_facts_about_the_caller_that_are_not_of_their_form_become_careful_ones(serve):
    bed = serve()
    with Peer(bed.port) as peer:
        peer.decision(caller="${system rm}", number="101", caller_pays="perhaps")
    (call,) = bed.calls
    assert (call.caller, call.number, call.caller_pays) == ("anonymous", "", False)


@pytest.mark.parametrize("parting", [b"", GOODBYE, GOODBYE[:-30], b"\xff" * 70_000, None])
def test_a_hangup_during_the_decision_cancels_it(serve, parting):
    bed = serve()
    deciding, cancelled = Event(), Event()

    def decide(call):
        deciding.set()
        try:
            Event().wait()
        finally:
            cancelled.set()

    bed.decide = decide
    with Peer(bed.port) as peer, within():
        peer.expect_connect().send(connect_reply())
        deciding.wait()
        if parting is None:
            peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.sock.close()
        else:
            peer.send(parting)
            if not parting.startswith(b"Content") or not parting.endswith(b"/\n"):
                peer.sock.shutdown(socket.SHUT_WR)
        cancelled.wait()
    assert bed.ended() == ["gone"]


def test_events_during_the_decision_do_not_disturb_it(serve):
    bed = serve()
    deciding, go_on = Event(), Event()

    def decide(call):
        deciding.set()
        go_on.wait()
        return {"routing_decision": "3:continue"}

    bed.decide = decide
    event = b"Content-Length: 20\nContent-Type: text/event-plain\n\nEvent-Name: DTMF\n\n\n\n"
    with Peer(bed.port) as peer, within():
        peer.expect_connect().send(connect_reply())
        deciding.wait()
        peer.send(event)
        gevent.idle()
        go_on.set()
        assert variables_of(peer.until_closed()) == {"routing_decision": "3:continue"}
        peer.send(OK + OK + GOODBYE)
    assert bed.ended() == []


def test_a_decision_that_freeswitch_does_not_acknowledge_is_reported(serve):
    bed = serve()
    with Peer(bed.port) as peer:
        peer.expect_connect().send(connect_reply()).until_closed()
        peer.send(OK + GOODBYE)
    assert bed.ended() == ["untaken"]


def test_a_decision_that_cannot_be_said_safely_is_never_sent(serve, capsys):
    bed = serve()
    bed.decide = lambda call: {"routing_decision": "3:continue", "routing_label": "${system reboot}"}
    with Peer(bed.port) as peer:
        assert peer.expect_connect().send(connect_reply()).until_closed() == b""
    assert bed.ended() == ["fault"]
