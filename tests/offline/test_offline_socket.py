"""The engine behind ``socket``: in process, canned, and over real TCP with a tiny scripted engine."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from routing.esl.facts import call_of
from routing.esl.protocol import Parser, set_variables
from routing.offline.answering import InProcess, by_url, canned
from routing.offline.decider import EngineAnswer, EngineClosed, EngineRefused, EngineSilent
from routing.offline.event_socket import encoded
from routing.offline.events import ended, rung, talked
from routing.offline.files import MemoryFiles
from routing.offline.socket_peer import SocketPeer
from support.offline_release import CALLER, DECIDED, DESK, FRAME, RELEASE, Telephone, document, extension, told

FALLBACK = extension("3.fallback", "sched_cancel ${uuid}", f"bridge {DESK}", "hangup USER_BUSY")
LVIV = document("lviv", extension("start", "sched_cancel ${uuid}", "set routing_scheme=lviv", "hangup NO_ANSWER"))
STEP = {"kind": "webhook", "url": "http://127.0.0.1:8085/route", "form": "routing", "timeout_s": 2.0, "ring_s": 30}
TABLES = {
    f"{RELEASE}/schemes/kharkiv.json": json.dumps({"scheme": "kharkiv", "answers_first": False, "steps": {"3": STEP}}),
    f"{RELEASE}/schemes/lviv.json": json.dumps({"scheme": "lviv", "answers_first": False, "steps": {}}),
    f"{RELEASE}/schemes/lviv.xml": LVIV,
    f"{RELEASE}/table.json": json.dumps(
        {
            "people": {"ivan": {"phones": ["desk", "mobile"], "sip": {"1001": "desk"}}},
            "accounts": {"1001": "ivan.desk"},
            "destinations": ["\\+380\\d{9}"],
        }
    ),
}


@pytest.fixture
def dynamic() -> Telephone:
    return Telephone(*FRAME, extensions=DECIDED + FALLBACK, files=TABLES)


def webhook(plan: Telephone, words: str, **more):
    return plan.call(decider=InProcess(MemoryFiles(plan.texts), canned(words)), **more)


def test_a_person_the_webhook_names_is_rung(dynamic):
    events = webhook(dynamic, '{"ring": "ivan"}', phones={"ivan.desk": "answers after 3s"})
    assert rung(events) == ["ivan.desk", "ivan.mobile"]
    assert talked(events) == "ivan.desk"


def test_a_scheme_the_webhook_names_is_entered(dynamic):
    assert ended(webhook(dynamic, '{"scheme": "lviv"}')).subject == "NO_ANSWER"


@pytest.mark.parametrize("words", ["timeout", "500", "garbage", "refused", '{"ring": "nobody"}', '{"scheme": "odesa"}'])
def test_every_failure_of_a_webhook_goes_on_with_the_scheme(dynamic, words):
    events = webhook(dynamic, words)
    assert rung(events) == ["ivan.desk"]
    waited = next(event.at_ms for event in events if event.kind == "ring")
    assert waited == (2_000 if words == "timeout" else 20)


def test_handlers_by_url(dynamic):
    handler = by_url({STEP["url"]: canned('{"scheme": "lviv"}')}, canned("500"))
    events = dynamic.call(decider=InProcess(MemoryFiles(dynamic.texts), handler))
    assert ended(events).subject == "NO_ANSWER"


@pytest.mark.parametrize(
    ("reply", "second"),
    [(EngineRefused(), 0), (EngineSilent(), 4), (EngineClosed(500), 0.5), (EngineAnswer((), 300), 0.3)],
)
def test_without_a_decision_the_fallback_rings(dynamic, reply, second):
    events = dynamic.call(decider=lambda *_: reply)
    assert told(events, "ring") == [(second, "ring", "ivan.desk")]
    assert ended(events).subject == "USER_BUSY"


def test_a_late_answer_loses_to_the_watchdog(dynamic):
    events = dynamic.call(decider=lambda *_: EngineAnswer.of({"routing_decision": "3:scheme:lviv"}, 5_000))
    assert told(events, "transfer")[-1] == (4, "transfer", "3.fallback kharkiv")
    assert rung(events) == ["ivan.desk"]


def test_an_answer_for_another_step_is_not_obeyed(dynamic):
    events = dynamic.call(decider=lambda *_: EngineAnswer.of({"routing_decision": "2:scheme:lviv"}))
    assert rung(events) == ["ivan.desk"]


def test_without_socket_resume_a_closed_connection_strands_the_caller():
    plan = Telephone("socket 127.0.0.1:8084 async full", "hangup USER_BUSY")
    events = plan.call(decider=lambda *_: EngineClosed())
    assert ended(events).at_ms == 24 * 3600 * 1000
    assert [event.subject for event in events if event.kind == "error"] == [
        "the leg stays parked: socket_resume is not set"
    ]


@contextmanager
def engine(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A scripted engine for one connection on a free port; its faults fail the test."""
    faults: list[BaseException] = []

    def accept() -> None:
        try:
            peer, _ = listener.accept()
            with peer:
                peer.settimeout(5)
                serve(peer)
        except BaseException as fault:
            faults.append(fault)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=accept)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)
    assert not faults, faults


def connected(peer: socket.socket):
    """Send ``connect`` and read the reply with the engine's own parser."""
    parser = Parser()
    peer.sendall(b"connect\n\n")
    while True:
        parser.feed(peer.recv(65536))
        if reply := parser.next():
            return reply


def drained(peer: socket.socket) -> bytes:
    received = b""
    while piece := peer.recv(65536):
        received += piece
    return received


def test_a_real_engine_reads_the_call_and_decides(dynamic):
    seen = []

    def serve(peer: socket.socket) -> None:
        seen.append(call_of(connected(peer)))
        peer.sendall(
            set_variables({"routing_decision": "3:ring:person:ivan", "routing_ring_for": "30"}) + b"resume\n\n"
        )
        peer.shutdown(socket.SHUT_WR)
        assert b"Reply-Text: +OK" in drained(peer)

    with engine(serve) as address:
        events = dynamic.call({"ivan.desk": "answers"}, decider=SocketPeer(address))
    assert talked(events) == "ivan.desk"
    call = seen[0]
    assert (call.scheme, call.step, call.caller, call.release) == ("kharkiv", "3", CALLER, RELEASE)


def test_the_connect_reply_is_long_and_forges_nothing(dynamic):
    replies = []

    def serve(peer: socket.socket) -> None:
        replies.append(connected(peer))

    with engine(serve) as address:
        dynamic.call(name="x\nvariable_routing_step: 9", decider=SocketPeer(address))
    assert replies[0].get("variable_routing_step") == "3"
    assert replies[0].get("Caller-Caller-ID-Name") == "x\nvariable_routing_step: 9"
    assert replies[0].head.count(b"\n") > 100


@pytest.mark.parametrize(
    "script",
    [
        lambda peer: None,
        lambda peer: peer.sendall(b"connect\n\n"),
        lambda peer: peer.sendall(b"exit\n\n"),
        lambda peer: peer.sendall(b"connect\n\nexit\n\n"),
        lambda peer: peer.sendall(b"sendmsg\ncall-command: execute\nexecute-app-name: hangup\n\n"),
        lambda peer: peer.sendall(b"\n\n\n\n"),
    ],
    ids=["closes", "connects and closes", "exits", "connects and exits", "does not connect", "garbage"],
)
def test_an_engine_that_decides_nothing_ends_in_the_fallback(dynamic, script):
    with engine(script) as address:
        events = dynamic.call(decider=SocketPeer(address))
    assert rung(events) == ["ivan.desk"]
    assert ended(events).subject == "USER_BUSY"


def test_a_silent_engine_is_left_by_the_watchdog(dynamic):
    def serve(peer: socket.socket) -> None:
        peer.recv(1)

    with engine(serve) as address:
        events = dynamic.call(decider=SocketPeer(address, longest_s=0.05))
    assert told(events, "ring") == [(4, "ring", "ivan.desk")]


def test_nobody_listening_is_the_next_action_at_once(dynamic):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    events = dynamic.call(decider=SocketPeer(address))
    assert told(events, "ring") == [(0, "ring", "ivan.desk")]


def test_an_engine_may_send_the_argument_as_a_body(dynamic):
    def serve(peer: socket.socket) -> None:
        connected(peer)
        body = b"routing_decision=3:scheme:lviv"
        head = (
            b"sendmsg\ncall-command: execute\nexecute-app-name: set\ncontent-type: text/plain\ncontent-length: %d\n\n"
        )
        peer.sendall(head % len(body) + body + b"\nresume\n\n")
        drained(peer)

    with engine(serve) as address:
        assert ended(dynamic.call(decider=SocketPeer(address))).subject == "NO_ANSWER"


def test_values_are_encoded_as_freeswitch_does():
    assert encoded("a b%41%zz\n") == "a%20b%41%25zz%0A"
    assert encoded("") == "_undef_"
    assert encoded("Іван") == "%D0%86%D0%B2%D0%B0%D0%BD"
