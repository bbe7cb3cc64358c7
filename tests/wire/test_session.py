"""A call's socket, from accept to close, against a scripted FreeSWITCH: every position it can fail at."""

from __future__ import annotations

import contextlib
import socket
import struct
import time

import gevent
import gevent.socket
import pytest
from gevent.event import Event

from routing.esl import session
from routing.esl.session import serve_call
from routing.model.decision import Late
from support.waiting import within
from support.wire_peer import FACTS, GOODBYE, OK, Peer, connect_reply, variables_of


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
        theirs.sendall(OK)
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
        (GOODBYE, "left"),
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
        peer.send(OK + GOODBYE)
    assert bed.ended() == []


def test_a_decision_that_freeswitch_does_not_acknowledge_is_reported(serve):
    bed = serve()
    with Peer(bed.port) as peer:
        peer.expect_connect().send(connect_reply()).until_closed()
        peer.send(GOODBYE)
    assert bed.ended() == ["untaken"]


def test_a_decision_that_cannot_be_said_safely_is_never_sent(serve, capsys):
    bed = serve()
    bed.decide = lambda call: {"routing_decision": "3:continue", "routing_label": "${system reboot}"}
    with Peer(bed.port) as peer:
        assert peer.expect_connect().send(connect_reply()).until_closed() == b""
    assert bed.ended() == ["fault"]


def test_a_decision_that_is_too_late_is_kept_back(serve):
    bed = serve()

    def decide(call):
        raise Late("the call has gone on")

    bed.decide = decide
    with Peer(bed.port) as peer:
        assert peer.expect_connect().send(connect_reply()).until_closed() == b""
    assert bed.ends == [("late", "the call has gone on")]


def test_a_call_knows_since_when_freeswitch_waits_for_its_answer(serve):
    """A connection may have stood in the backlog of a stopped engine; the kernel knows since when."""
    bed, began_s = serve(), time.monotonic()
    bed.server.stop_accepting()
    with Peer(bed.port) as peer:
        connected_s = time.monotonic()
        gevent.sleep(0.2)
        bed.server.start_accepting()
        peer.decision()
    (call,) = bed.calls
    assert began_s - 0.1 <= call.waits_since <= connected_s + 0.1


def test_a_connection_older_than_any_question_is_closed_unread(serve, monkeypatch):
    bed = serve()
    monkeypatch.setattr(session, "age_s", lambda sock: session.LONGEST_WAIT_SECONDS + 1)
    with Peer(bed.port) as peer:
        assert peer.until_closed() == b""
    assert bed.ended() == ["late"]


#: Twenty kilobytes of a caller's own headers: many of them, and one of them, three bytes a sign when encoded.
CROWDS = {
    "many": "".join(f"variable_sip_h_X-{at}: {'%22' * 300}\n" for at in range(70)),
    "one": f"variable_sip_h_X-Long: {'%22' * 20_000}\n",
    "a megabyte": "".join(f"variable_sip_h_X-{at}: {'%C3%A9' * 2_000}\n" for at in range(90)),
    "looks like ours": f"variable_sip_h_X-A: {'variable_routing_scheme: lviv ' * 3_000}\n",
}


@pytest.mark.parametrize("crowd", CROWDS)
def test_what_a_caller_sends_along_costs_him_no_decision(serve, crowd):
    bed = serve()
    with Peer(bed.port) as peer:
        peer.expect_connect().send(connect_reply(CROWDS[crowd]))
        assert variables_of(peer.until_closed()) == {"routing_decision": "3:continue"}
        peer.send(OK + GOODBYE)
    assert bed.ended() == []
    assert bed.calls[0].scheme == "kharkiv"


@pytest.mark.parametrize(
    "lines",
    [
        f"variable_routing_entity_x: {'x' * 70_000}\n",
        "".join(f"variable_routing_{at}: {'x' * 900}\n" for at in range(80)),
    ],
)
def test_more_than_is_bearable_of_what_is_asked_for_is_its_own_reason(serve, lines):
    bed = serve()
    with Peer(bed.port) as peer:
        peer.expect_connect()
        with contextlib.suppress(OSError):
            peer.send(connect_reply(lines))
        assert variables_of(peer.until_closed()) == {"routing_undecided": "oversized"}  # for the journal, no decision
        peer.send(OK + GOODBYE)
    assert bed.ended() == ["oversized"]


def test_a_stream_without_end_is_left_in_time(serve):
    bed = serve(connect_s=0.3)
    with Peer(bed.port) as peer:
        peer.expect_connect()
        flood = gevent.spawn(_flood, peer)
        said = peer.until_closed()
        flood.kill()
    (ended,) = bed.ended()
    assert (ended, said and variables_of(said)) in (("oversized", {"routing_undecided": "oversized"}), ("silent", b""))


def _flood(peer: Peer) -> None:
    with contextlib.suppress(OSError):
        while True:
            peer.send(b"variable_x: " + b"y" * 60_000 + b"\n")
