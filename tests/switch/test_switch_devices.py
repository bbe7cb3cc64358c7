"""Phones as they stand in the field: behind NAT, several devices of one account, behind a SIP proxy, over TCP."""

import contextlib

import pytest

from support.switchbed.agent import HOST, Agent
from support.switchbed.lab import NUMBER, until
from support.switchbed.sip_proxy import SipProxy

OFFICE, HOME = HOST, "127.0.0.2"
PRIVATE = "192.168.7.7:5060"


def rings(lab, *devices):
    """Of these devices those that ring when somebody calls from outside."""
    for each in devices:
        each.calls.clear()
    with lab.caller() as caller:
        call = caller.call(NUMBER)
        if caller.answered(call).start == "200":
            call.hang_up()
    assert lab.quiet()
    return [each for each in devices if each.calls]


@contextlib.contextmanager
def device(lab, host=OFFICE, account="2002", **words):
    """A device that has not registered yet."""
    with Agent(lab.inside, account, lab.password(account), host=host, **words) as agent:
        yield agent


def registered(lab, agent):
    """It registers, and the switch has written that down."""
    assert agent.register().start == "200"
    own = f"@{agent.host}:{agent.port}"
    assert until(lambda: own in lab.switch.esl.api(f"sofia_contact internal/{agent.account}@{HOST}"))


@pytest.mark.parametrize("second", [OFFICE, HOME], ids=["behind one NAT", "at two addresses"])
def test_of_two_devices_with_one_account_the_one_that_registered_last_rings(lab, second):
    with device(lab) as desk, device(lab, second) as other:
        registered(lab, desk)
        registered(lab, other)
        assert rings(lab, desk, other) == [other]
        registered(lab, desk)
        assert rings(lab, desk, other) == [desk]
        desk.register(seconds=0)
        assert rings(lab, desk, other) == []  # until the other registers again, within five minutes
        registered(lab, other)
        assert rings(lab, desk, other) == [other]
        other.register(seconds=0)


def test_both_devices_with_one_account_call(lab):
    with device(lab) as desk, device(lab, HOME) as other, lab.phone("2003"):
        for each in (desk, other, desk):
            registered(lab, each)
        for each in (other, desk):
            call = each.call("103")
            assert each.answered(call).start == "200"
            call.hang_up()
        desk.register(seconds=0)
    assert lab.quiet()


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_phone_behind_nat_that_names_its_private_address_is_called_and_calls(lab, transport):
    """The switch goes by where messages come from: Contact and Via name an address that nobody outside can reach."""
    contact = f"<sip:2002@{PRIVATE}{'' if transport == 'udp' else ';transport=tcp'}>"
    with device(lab, transport=transport, private=PRIVATE, contact=contact) as phone, lab.phone("2003") as other:
        assert phone.register().start == "200"
        assert until(lambda: "fs_nat=yes" in lab.switch.esl.api(f"sofia_contact internal/2002@{HOST}"))
        with lab.caller() as caller:
            call = caller.call(NUMBER)
            assert caller.answered(call).start == "200"
            assert until(lambda: phone.received("ACK") and lab.is_joined("2002"))
            call.hang_up()
            assert until(phone.rung().is_over)
        call = phone.call("103")
        assert phone.answered(call).start == "200"
        assert until(lambda: other.received("ACK"))
        other.rung().hang_up()
        assert until(call.is_over)
        phone.register(seconds=0)
    assert lab.quiet()


def test_a_tcp_phone_whose_connection_was_lost_is_called_again_when_it_has_registered_anew(lab):
    with lab.phone("2002", transport="tcp") as phone:
        assert rings(lab, phone) == [phone]
        phone.line.drop()
        assert phone.register().start == "200"
        assert until(lambda: rings(lab, phone) == [phone])


@pytest.fixture
def proxy(lab):
    with SipProxy(lab.inside) as running:
        yield running


@contextlib.contextmanager
def behind(lab, proxy, account="2002"):
    """A phone that registers and calls through the proxy."""
    with Agent(proxy.at, account, lab.password(account)) as phone:
        assert phone.register().start == "200"
        own = f"alias={HOST}~{phone.port}~1" if proxy.aliases else f"{account}@{HOST}:{proxy.port}"
        assert until(lambda: own in lab.switch.esl.api(f"sofia_contact internal/{account}@{HOST}"))
        yield phone
        phone.register(seconds=0)


def test_a_phone_behind_a_proxy_is_called_through_it_to_the_end(lab, proxy):
    with behind(lab, proxy) as phone, lab.caller() as caller:
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK") and lab.is_joined("2002"))
        assert proxy.sent_to((HOST, phone.port), "INVITE")
        call.hang_up()
        assert until(phone.rung().is_over)
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        assert until(lambda: len(phone.received("ACK")) == 2)
        phone.rung().hang_up()
        assert until(call.is_over)
    assert lab.quiet()


def test_phones_behind_one_proxy_call_each_other(lab, proxy):
    with behind(lab, proxy) as phone, behind(lab, proxy, "2003") as other:
        for hangs_up in ("caller", "callee"):
            other.calls.clear()
            call = phone.call("103")
            assert phone.answered(call).start == "200"
            assert until(lambda: other.calls and other.rung().received("ACK"))
            (call if hangs_up == "caller" else other.rung()).hang_up()
            assert until(other.rung().is_over if hangs_up == "caller" else call.is_over)
    assert lab.quiet()


def test_path_alone_leads_to_nobody(lab):
    """A proxy that only adds Path gets the call and cannot know whose it is; the phone's Contact is not dialled."""
    with SipProxy(lab.inside, aliases=False) as proxy, behind(lab, proxy) as phone:
        assert rings(lab, phone) == []
