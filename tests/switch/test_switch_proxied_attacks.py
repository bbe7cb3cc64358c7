"""What strangers try at a proxy before the nodes: relays, forged ways, carriers' numbers, passwords, floods."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.switchbed.agent import Agent
from support.switchbed.dialog import HOST, Call
from support.switchbed.lab import NUMBER, until
from support.switchbed.proxied import ProxiedNodes, RoutedAgent, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not found: {missing()}")
#: A stranger's address: neither a carrier's nor the phones'.
STRANGER = "127.0.0.66"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxiedNodes]:
    running = ProxiedNodes(tmp_path_factory.mktemp("attacks"))
    yield running
    running.stop()


@pytest.fixture
def stranger(cluster: ProxiedNodes) -> Iterator[Agent]:
    with Agent((HOST, cluster.proxy.port), "stranger", host=STRANGER) as agent:
        yield agent


@pytest.fixture
def victim() -> Iterator[Agent]:
    """Somebody elsewhere whom a relay would reach."""
    with Agent((HOST, 0), "victim", host="127.0.0.77") as agent:
        yield agent


def begun(agent: Agent, cluster: ProxiedNodes, uri: str, *, tag: str = "") -> Call:
    """A dialog that an agent has made up, with somebody at this address."""
    to = f"<{uri}>{f';tag={tag}' if tag else ''}"
    return Call(agent, f"{tag}made-up@{STRANGER}", f"<sip:s@{STRANGER}>;tag=1", to, uri, (HOST, cluster.proxy.port))


def through(cluster: ProxiedNodes) -> str:
    """The proxy as a way that is prescribed."""
    return f"Route: <sip:{HOST}:{cluster.proxy.port};lr>"


@pytest.mark.parametrize("method", ["INVITE", "BYE", "MESSAGE", "OPTIONS", "SUBSCRIBE", "NOTIFY"])
def test_nobody_is_reached_by_way_of_the_proxy(cluster, stranger, victim, method):
    there = f"sip:victim@127.0.0.77:{victim.port}"
    for tag in ("", "forged"):
        for ways in ((), (through(cluster),), (through(cluster), f"Route: <{there};lr>")):
            call = begun(stranger, cluster, there, tag=tag)
            call.id = f"{len(ways)}{call.id}{method}"
            stranger.send_request(call, method, 1, ways, "")
            if method == "OPTIONS" and not tag:
                continue
            answer = stranger.final(call.id, 1, method)
            assert answer.start in ("403", "404", "405", "407", "401"), answer.text
    assert not [each for each in victim.log if each.received]


def test_a_stranger_calls_no_number_as_a_carrier_does(cluster, stranger):
    """Neither as a new call, nor in a made-up dialog with the side of a node where carriers are known by address."""
    assert stranger.final(stranger.call(NUMBER).id, 1, "INVITE").start in ("401", "407")
    for node in cluster.nodes:
        for port in (node.settings.external_port, node.settings.sip_port):
            call = begun(stranger, cluster, f"sip:{NUMBER}@{HOST}:{port}", tag=f"x{port}")
            stranger.send_request(call, "INVITE", 1, (through(cluster),), stranger.offer())
            assert stranger.final(call.id, 1, "INVITE").start in ("403", "404", "481")
    assert cluster.quiet()


def test_an_account_registers_nothing_for_another_and_no_other_place(cluster, victim):
    with cluster.phone("2001", registers=False) as phone:
        phone.account = "2002"
        assert phone.register().start == "401"  # 2001's password is not that of 2002
        phone.account = "2001"
        elsewhere = f"<sip:2001@127.0.0.77:{victim.port}>"
        assert phone.register(contact=elsewhere).start == "200"
        with cluster.phone("2002") as colleague:
            call = colleague.call("101")
            assert colleague.answered(call).start == "200"
            assert phone.rung()
            call.hang_up()
        phone.register(contact=elsewhere, seconds=0)
    assert not victim.calls


def test_passwords_are_not_guessed_without_end(cluster):
    with RoutedAgent((HOST, cluster.proxy.port), "2003", "wrong", host=STRANGER) as guessing:
        answers = [guessing.register().start for _ in range(12)]
        assert answers[:10] == ["401"] * 10
        assert answers[-1] == "403"
        guessing.password = cluster.lab.password("2003")
        assert guessing.register().start == "403"
    with cluster.phone("2003"):  # elsewhere the account goes on
        pass


def test_passwords_are_not_guessed_by_calls(cluster):
    with RoutedAgent((HOST, cluster.proxy.port), "2004", "wrong", host="127.0.0.67") as guessing:
        ends = []
        for _ in range(12):
            call = guessing.call("102")
            ends.append(guessing.final(call.id, call.cseq, "INVITE").text)
            call.ack()
        assert "Too many wrong passwords" not in ends[0]
        assert "Too many wrong passwords" in ends[-1]
    assert cluster.quiet()


def test_a_flood_is_not_answered_and_others_are(cluster):
    with Agent((HOST, cluster.proxy.port), "flood", host="127.0.0.68") as flooding:
        for at in range(400):
            call = begun(flooding, cluster, f"sip:{at}@{HOST}")
            call.id = f"{at}{call.id}"
            flooding.send_request(call, "OPTIONS", 1, (), "")
        assert until(lambda: cluster.proxy.ask("htable.get", "banned", "127.0.0.68").find("item") >= 0)
        assert len(flooding.received("200")) < 400
    with cluster.phone("2002"):
        pass
