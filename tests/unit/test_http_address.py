"""Which addresses a webhook may have, and how names are looked up when name servers misbehave."""

from __future__ import annotations

import socket

import gevent
import pytest
from gevent.event import Event

from routing.http.address import REMEMBERED_SECONDS, AddressRefused, Resolver, check_address
from routing.http.client import HttpClient
from routing.model.web import NoReply

HERE = [(int(socket.AF_INET), "192.0.2.7")]


class Clock:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "100.100.100.200",
        "fd00:ec2::254",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
    ],
)
def test_addresses_no_webhook_may_have(address):
    with pytest.raises(AddressRefused):
        check_address(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.5", "192.168.1.1", "8.8.8.8", "2a00:1450::1"])
def test_addresses_a_webhook_may_have(address):
    check_address(address)


def test_link_local_is_allowed_where_the_operator_says_so():
    check_address("169.254.10.10", link_local=True)
    with pytest.raises(AddressRefused):
        check_address("224.0.0.1", link_local=True)


@pytest.mark.parametrize("host", ["169.254.169.254", "[::ffff:169.254.169.254]"])
def test_the_client_refuses_them_written_out(host):
    with pytest.raises(NoReply, match="metadata"):
        HttpClient(Resolver(Clock())).exchange("GET", f"http://{host}/latest/meta-data", {}, b"", 1.0)


def test_the_client_refuses_them_behind_a_name():
    behind = Resolver(Clock(), lambda host: [*HERE, (int(socket.AF_INET), "169.254.169.254")])
    with pytest.raises(NoReply, match="metadata"):
        HttpClient(behind).exchange("GET", "http://innocent.example/", {}, b"", 1.0)


def test_names_are_remembered_for_a_while():
    asked: list[str] = []
    clock = Clock()
    resolver = Resolver(clock, lambda host: asked.append(host) or HERE)
    for _ in range(3):
        assert resolver.addresses("a.example", 80, 1.0) == [(socket.AF_INET, ("192.0.2.7", 80))]
    assert asked == ["a.example"]
    clock.seconds += REMEMBERED_SECONDS + 1
    resolver.addresses("a.example", 80, 1.0)
    assert asked == ["a.example", "a.example"]


def test_an_old_answer_does_when_the_name_server_fails():
    answers = [HERE]
    clock = Clock()

    def lookup(host):
        if not answers:
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        return answers.pop()

    resolver = Resolver(clock, lookup)
    first = resolver.addresses("a.example", 80, 1.0)
    clock.seconds += 100
    assert resolver.addresses("a.example", 80, 1.0) == first
    clock.seconds += 1000
    with pytest.raises(OSError, match="Temporary failure"):
        resolver.addresses("a.example", 80, 1.0)


def test_lookups_of_one_host_share_one_query():
    asked: list[str] = []
    answer = Event()
    resolver = Resolver(Clock())

    def ask(host):
        asked.append(host)
        answer.wait()
        return HERE

    resolver.ask = ask
    waiting = [gevent.spawn(resolver.addresses, "a.example", 80, 3.0) for _ in range(20)]
    gevent.idle()
    answer.set()
    gevent.joinall(waiting, timeout=30)
    assert asked == ["a.example"]
    assert {tuple(each.value) for each in waiting} == {((socket.AF_INET, ("192.0.2.7", 80)),)}
