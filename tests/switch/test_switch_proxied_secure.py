"""Through a real Kamailio that has a certificate: phones by TLS, in talks and in an attended transfer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.certificates import made, needs_openssl
from support.switchbed import ports
from support.switchbed.attending import replaces
from support.switchbed.lab import NUMBER, until
from support.switchbed.proxied import ProxiedNodes, RoutedAgent, missing
from support.switchbed.voices import CLIENT_HZ, PERSON_HZ, hear, offer_to, voice

pytestmark = [needs_openssl, pytest.mark.skipif(bool(missing("tls")), reason=f"not found: {missing('tls')}")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate as certbot leaves it, and one file of key and certificate, which agents take."""
    place = made(tmp_path_factory.mktemp("tls"), "sip.example")
    (place / "both.pem").write_text((place / "privkey.pem").read_text() + (place / "fullchain.pem").read_text())
    return place


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[ProxiedNodes]:
    running = ProxiedNodes(tmp_path_factory.mktemp("proxied"), {"tls": folder, "tls_port": ports.free()})
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def quiet(cluster: ProxiedNodes) -> Iterator[None]:
    """No test leaves a call to the next one."""
    yield
    assert cluster.quiet()


def test_a_phone_by_tls_is_called_and_both_hear_each_other(cluster, folder):
    with cluster.phone("2002", certificate=folder / "both.pem", transport="tls") as phone, cluster.caller() as caller:
        call = caller.call(NUMBER)
        answer = caller.answered(call)
        assert answer.start == "200", answer.text
        assert until(lambda: phone.received("ACK"))
        rung = phone.rung()
        with voice(caller, answer, CLIENT_HZ) as client, voice(phone, offer_to(phone, rung), PERSON_HZ) as person:
            assert hear({client: {PERSON_HZ}, person: {CLIENT_HZ}}) == ""
        assert rung.request("INVITE", body=phone.offer()).start == "200"
        call.hang_up()
        assert until(rung.is_over)


def test_a_phone_by_tls_calls_a_colleague_by_udp(cluster, folder):
    with (
        cluster.phone("2001", certificate=folder / "both.pem", transport="tls") as phone,
        cluster.phone("2002") as colleague,
    ):
        call = phone.call("102")
        assert phone.answered(call).start == "200"
        assert colleague.rung().request("BYE").start == "200"
        assert until(call.is_over)


@pytest.mark.parametrize("transport", ["udp", "tls"])
def test_a_phone_asks_a_colleague_and_hands_its_caller_over(cluster, folder, transport):
    """The phone's second call goes to the node of its first one, whichever that is: so the node can join the two."""
    for _ in range(4):
        with (
            cluster.phone("2002", certificate=folder / "both.pem", transport=transport) as phone,
            cluster.phone("2001") as colleague,
            cluster.caller() as caller,
        ):
            _handed_over(cluster, phone, colleague, caller)


def _handed_over(cluster: ProxiedNodes, phone: RoutedAgent, colleague: RoutedAgent, caller: RoutedAgent) -> None:
    call = caller.call(NUMBER)
    answer = caller.answered(call)
    assert answer.start == "200", answer.text
    assert until(lambda: phone.received("ACK"))
    leg = phone.rung()
    assert leg.request("INVITE", body=phone.offer("a=sendonly")).start == "200"
    asked = phone.call("101")
    assert phone.answered(asked).start == "200"
    assert len(cluster.carrying()) == 1
    there = colleague.rung()
    assert leg.request("REFER", replaces("101", asked), f"Contact: {phone.contact}").start == "202"
    assert until(leg.is_over, 15)
    assert until(asked.is_over, 15)
    with voice(caller, answer, CLIENT_HZ) as client, voice(colleague, offer_to(colleague, there), PERSON_HZ) as person:
        assert hear({client: {PERSON_HZ}, person: {CLIENT_HZ}}) == ""
    call.hang_up()
    assert until(there.is_over)
