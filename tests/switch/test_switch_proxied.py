"""Calls through a real Kamailio before two nodes: phones are registered there, carriers are known by their address."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from support.switchbed.dialog import Call
from support.switchbed.lab import NUMBER, until
from support.switchbed.proxied import ProxiedNodes, RoutedAgent, missing
from support.switchbed.voices import CLIENT_HZ, PERSON_HZ, hear, offer_to, voice

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not found: {missing()}")
_HOLD = "a=sendonly"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxiedNodes]:
    running = ProxiedNodes(tmp_path_factory.mktemp("proxied"))
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def quiet(cluster: ProxiedNodes) -> Iterator[None]:
    """No test leaves a call to the next one."""
    yield
    assert cluster.quiet()


@contextlib.contextmanager
def talking(cluster: ProxiedNodes, phone: RoutedAgent) -> Iterator[tuple[RoutedAgent, Call, Call]]:
    """A caller outside talks with a phone: the caller, their side, the phone's side."""
    phone.calls.clear()
    with cluster.caller() as caller:
        call = caller.call(NUMBER)
        answer = caller.answered(call)
        assert answer.start == "200", answer.text
        assert until(lambda: phone.received("ACK"))
        yield caller, call, phone.rung()


def test_a_carriers_call_reaches_a_phone_whichever_node_carries_it(cluster):
    carried = set()
    with cluster.phone("2002") as phone:
        for _ in range(20):
            with talking(cluster, phone) as (_, call, rung):
                carried |= {node.settings.name for node in cluster.carrying()}
                call.hang_up()
                assert until(rung.is_over)
            if len(carried) == 2:
                break
    assert len(carried) == 2, "one node carried all of it"


def test_both_hear_each_other_before_a_hold_and_after_it(cluster):
    with cluster.phone("2002") as phone, talking(cluster, phone) as (caller, call, rung):
        answer = caller.final(call.id, 1, "INVITE")
        with voice(caller, answer, CLIENT_HZ) as client, voice(phone, offer_to(phone, rung), PERSON_HZ) as person:
            assert hear({client: {PERSON_HZ}, person: {CLIENT_HZ}}) == ""
            assert rung.request("INVITE", body=phone.offer(_HOLD)).start == "200"
            assert hear({person: set()}) == ""
            assert rung.request("INVITE", body=phone.offer()).start == "200"
            assert hear({client: {PERSON_HZ}, person: {CLIENT_HZ}}) == ""
        call.hang_up()
        assert until(rung.is_over)


def test_the_phone_hangs_up(cluster):
    with cluster.phone("2002") as phone, talking(cluster, phone) as (_, call, rung):
        assert rung.request("BYE").start == "200"
        assert until(call.is_over)


def test_a_phone_calls_out_and_answers_the_challenge_of_one_node(cluster):
    with cluster.phone("2001") as phone:
        cluster.lab.carrier.calls.clear()
        call = phone.call("0501120002")
        answer = phone.answered(call)
        assert answer.start == "200", answer.text
        called = cluster.lab.carrier.rung()
        with voice(phone, answer, PERSON_HZ) as person:
            carrier = cluster.lab.carrier
            with voice(carrier, offer_to(carrier, called), CLIENT_HZ) as client:
                assert hear({person: {CLIENT_HZ}, client: {PERSON_HZ}}) == ""
        called.hang_up()
        assert until(call.is_over)


def test_a_colleague_is_called(cluster):
    with cluster.phone("2001") as phone, cluster.phone("2002") as colleague:
        call = phone.call("102")
        assert phone.answered(call).start == "200"
        assert colleague.rung()
        call.hang_up()
        assert until(colleague.rung().is_over)


def test_a_caller_who_gives_up_ends_the_ringing(cluster):
    with cluster.phone("2002", answers_after_s=None) as phone, cluster.caller() as caller:
        call = caller.call(NUMBER)
        rung = phone.rung()
        caller.cancel(call)
        assert caller.answered(call).start == "487"
        assert until(lambda: rung.received("CANCEL"))


def test_the_cause_of_a_phone_is_the_one_that_the_same_phone_has_at_a_node(cluster):
    for status, cause in ((486, "USER_BUSY"), (603, "CALL_REJECTED")):
        with cluster.phone("2002", status=status), cluster.caller() as caller:
            call = caller.call(NUMBER)
            caller.answered(call)
            assert cluster.variables(call)["originate_disposition"] == cause
    with cluster.caller() as caller:  # nobody is registered
        call = caller.call(NUMBER)
        caller.answered(call)
        assert cluster.variables(call)["originate_disposition"] == "USER_NOT_REGISTERED"


def test_a_phone_behind_nat_is_reached_where_it_is(cluster):
    with cluster.phone("2002", private="192.168.7.7:5060") as phone, talking(cluster, phone) as (_, call, rung):
        assert rung.request("INVITE", body=phone.offer()).start == "200"
        call.hang_up()
        assert until(rung.is_over)
    with cluster.phone("2001", private="192.168.7.8:5060") as phone:
        cluster.lab.carrier.calls.clear()
        call = phone.call("0501120002")
        assert phone.answered(call).start == "200"
        cluster.lab.carrier.rung().hang_up()
        assert until(call.is_over)


def test_a_phone_by_tcp(cluster):
    with cluster.phone("2002", transport="tcp") as phone, talking(cluster, phone) as (_, call, rung):
        call.hang_up()
        assert until(rung.is_over)
