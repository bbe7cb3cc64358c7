"""FreeSWITCH's inbound event socket, watched: login, the picture, events, and what an end of it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gevent
import gevent.server
import pytest

from routing.engine.states import States
from routing.esl.protocol import EventSocket
from routing.esl.watch import watch
from support.waiting import until
from support.wire_switch import Switch


@pytest.fixture
def bed() -> Iterator[Callable[..., tuple[Switch, States]]]:
    running = []

    def start(password: str = "right", settle_s: float = 0.01, refresh_s: float = 30.0) -> tuple[Switch, States]:
        switch, states = Switch(), States()
        states.said = []  # type: ignore[attr-defined]
        states.report = states.said.append  # type: ignore[attr-defined]
        where = EventSocket("127.0.0.1", switch.server.server_port, password)
        running.append((switch, gevent.spawn(watch, where, states, 0.01, settle_s, refresh_s)))
        return switch, states

    yield start
    for switch, watching in running:
        watching.kill()
        switch.server.stop()
        for sock in switch.socks:
            sock.close()


def ivan(states: States) -> str:
    return states.presence_of("another").state("ivan", ("1001",), False)


def test_the_picture_then_every_event(bed):
    switch, states = bed()
    until(lambda: states.is_known)
    assert ivan(states) == "busy"
    assert states.presence_of("call-1").state("ivan", ("1001",), False) == "free"
    switch.tell("CHANNEL_DESTROY", **{"Unique-ID": "leg-1"})
    until(lambda: ivan(states) == "free")
    switch.tell("CHANNEL_CREATE", **{"Unique-ID": "x", "variable_routing_person": "ivan"})
    until(lambda: ivan(states) == "busy")
    switch.tell("CHANNEL_HANGUP", **{"Unique-ID": "x"})
    until(lambda: ivan(states) == "free")
    switch.tell("CUSTOM", **{"Event-Subclass": "sofia%3A%3Aunregister", "from-user": "1001"})
    until(lambda: ivan(states) == "absent")
    switch.tell("CUSTOM", **{"Event-Subclass": "sofia%3A%3Aregister", "from-user": "1001"})
    until(lambda: ivan(states) == "free")
    switch.tell("CUSTOM", **{"Event-Subclass": "sofia%3A%3Aexpire", "user": "1001"})
    until(lambda: ivan(states) == "absent")


def test_a_phone_that_calls_is_its_persons_whoever_answers(bed):
    """FreeSWITCH gives the calling leg the target of the phone that answers."""
    switch, states = bed()
    until(lambda: states.is_known)
    both = {"variable_routing_person": "petro", "variable_routing_target": "olena.desk"}
    switch.tell("CHANNEL_CREATE", **{"Unique-ID": "x"} | both)
    until(lambda: states.state("petro", ["1003"], outside=False) == "busy")
    assert states.person_of("x") == "petro"


def test_a_registration_told_before_a_picture_that_lacks_it_is_not_forgotten(bed):
    switch, states = bed(settle_s=0.1, refresh_s=0.001)

    def pictures() -> int:
        return switch.asked.count("api show registrations as json")

    until(lambda: states.is_known)
    first = pictures()
    switch.tell("CUSTOM", **{"Event-Subclass": "sofia::register", "from-user": "1003"})
    until(lambda: pictures() == first + 1 and states.state("petro", ["1003"], outside=False) == "free")


def test_what_was_told_since_the_last_picture_counts_for_more_than_the_next_one(bed):
    switch, states = bed(settle_s=0.001, refresh_s=0.05)

    def pictures() -> int:
        return switch.asked.count("api show registrations as json")

    def petro() -> str:
        return states.state("petro", ["1003"], outside=False)

    until(lambda: states.is_known)
    first = pictures()
    switch.tell("CUSTOM", **{"Event-Subclass": "sofia::register", "from-user": "1003"})
    switch.tell("CUSTOM", **{"Event-Subclass": "sofia::unregister", "from-user": "1001"})
    switch.tell("CHANNEL_CREATE", **{"Unique-ID": "x", "variable_routing_person": "petro"})
    switch.tell("CHANNEL_HANGUP", **{"Unique-ID": "leg-1"})
    until(lambda: pictures() == first + 1 and petro() == "busy" and ivan(states) == "absent")
    until(lambda: pictures() > first + 2)  # the tables had time enough: their word counts
    until(lambda: petro() == "absent" and ivan(states) == "busy")


def test_an_end_of_the_connection_makes_everybody_free_and_a_new_picture_is_drawn(bed):
    switch, states = bed()
    until(lambda: states.is_known)
    switch.channels = []
    switch.accounts = []
    switch.socks[-1].shutdown(gevent.socket.SHUT_RDWR)
    until(lambda: ivan(states) == "absent")
    assert [words.partition(":")[0] for words in states.said] == [
        "known", "unknown, everybody counts as free", "known",
    ]  # fmt: skip


def test_a_wrong_password_is_no_knowledge(bed):
    switch, states = bed("wrong")
    until(lambda: len(switch.socks) > 1)
    assert not states.is_known
    assert "event plain" not in " ".join(switch.asked)


@pytest.mark.parametrize("garbage", [b"Content-Length: x\n\n", b"x" * 70_000, b"Content-Type: api/response\n\n" * 3])
def test_garbage_is_an_end_not_a_fault(bed, garbage):
    switch, states = bed()
    until(lambda: states.is_known)
    switch.socks[-1].sendall(garbage)
    switch.tell("CHANNEL_DESTROY", **{"Unique-ID": "leg-1"})
    until(lambda: ivan(states) in ("free", "busy"))
    until(lambda: states.is_known)
