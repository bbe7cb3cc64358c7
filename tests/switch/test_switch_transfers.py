"""REFER of a phone: who is sent on gets where that phone could dial, and comes back when nobody takes him."""

import pytest

from support.switchbed.lab import NUMBER, Lab, until

PREMIUM = "+19005551234"


def refer(call, target, *headers):
    """A phone sends the other side of its call to a target."""
    agent = call.agent
    answer = call.request("REFER", f"Refer-To: <sip:{target}@127.0.0.1>", f"Contact: {agent.contact}", *headers)
    assert until(lambda: call.received("NOTIFY"))
    return answer.start


def talks(call, agent):
    """Whether an agent was rung and has been connected, the caller being there still."""
    return bool(until(lambda: agent.calls and agent.received("ACK"))) and not call.is_over()


@pytest.mark.parametrize("target", ["103", "2003"])
def test_a_caller_is_sent_to_a_colleague(lab, target):
    with lab.phone("2003") as other, lab.talk() as (call, leg, _):
        assert refer(leg, target) == "202"
        assert talks(call, other)
        assert until(leg.is_over)
    assert lab.record(call)["routing_by"] == "support.desk"


@pytest.mark.parametrize("target", ["+380501120002", "0501120002", "00380501120002"])
def test_a_caller_is_sent_to_a_mobile(lab, target):
    with lab.talk() as (call, leg, _):
        lab.carrier.calls.clear()
        assert refer(leg, target) == "202"
        assert talks(call, lab.carrier)
        assert "sip:+380501120002@" in lab.carrier.received("INVITE")[-1].text


@pytest.mark.parametrize("target", ["777", PREMIUM, "0900123456", "*78", "102", "x%24%7Bsystem%7D", "start", "back"])
def test_who_cannot_be_reached_comes_back(lab, target):
    with lab.talk() as (call, leg, phone):
        before = len(lab.carrier.received("INVITE"))
        phone.calls.clear()
        assert refer(leg, target) == "202"
        assert until(lambda: phone.calls)
        assert talks(call, phone)
        assert len(lab.carrier.received("INVITE")) == before


@pytest.mark.parametrize("status", [486, 603, 480])
def test_who_is_busy_or_declines_sends_him_back(lab, status):
    with lab.phone("2003", status=status) as other, lab.talk() as (call, leg, phone):
        phone.calls.clear()
        refer(leg, "103")
        assert until(lambda: phone.calls)
        assert other.received("INVITE")
        assert talks(call, phone)


def test_a_phone_that_hangs_up_behind_its_refer_sends_the_caller_on(lab):
    with lab.phone("2003", answers_after_s=1) as other, lab.talk() as (call, leg, phone):
        answer = leg.request("REFER", "Refer-To: <sip:103@127.0.0.1>", f"Contact: {phone.contact}")
        assert answer.start == "202"
        leg.request("BYE")
        assert talks(call, other)


def test_it_ends_when_the_phone_does_not_take_him_back(lab):
    with lab.phone("2002") as phone, lab.caller() as caller:
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK") and lab.is_joined("2002"))
        phone.status = 486
        refer(phone.rung(), "777")
        assert until(call.is_over)
    assert lab.record(call)["hangup_cause"] == "NO_ANSWER"
    assert lab.quiet()


def test_he_is_sent_on_twice(lab):
    with lab.phone("2003") as second, lab.phone("2004") as third, lab.talk() as (call, leg, _):
        refer(leg, "103")
        assert talks(call, second)
        assert until(lambda: lab.talks_with("store.desk"))
        refer(second.rung(), "104")
        assert talks(call, third)
    assert lab.record(call)["routing_by"] == "store.desk"


def test_a_phone_that_called_sends_whom_it_called(lab):
    with lab.phone("2001") as first, lab.phone("2002") as second, lab.phone("2003") as third:
        call = first.call("102")
        assert first.answered(call).start == "200"
        assert until(lambda: second.received("ACK") and lab.is_joined("2002"))
        assert refer(call, "103") == "202"
        assert talks(second.rung(), third)
        assert until(call.is_over)
        second.rung().hang_up()
    assert lab.quiet()


def test_whom_a_phone_called_comes_back_to_it(lab):
    with lab.phone("2001") as first, lab.phone("2002") as second:
        call = first.call("102")
        assert first.answered(call).start == "200"
        assert until(lambda: second.received("ACK") and lab.is_joined("2002"))
        refer(call, "777")
        assert talks(second.rung(), first)
        second.rung().hang_up()
    assert lab.quiet()


def test_a_phone_sends_an_outside_party_to_a_colleague(lab):
    with lab.phone("2001") as first, lab.phone("2003") as other:
        lab.carrier.calls.clear()
        call = first.call("+380501120002")
        assert first.answered(call).start == "200"
        assert refer(call, "103") == "202"
        assert talks(lab.carrier.rung(), other)
        assert until(lambda: lab.is_joined("2003"))
        first.status = 486  # who hangs up at once has not talked for FreeSWITCH, and the other comes back to 2001
        other.rung().hang_up()
    assert lab.quiet()


def test_a_carrier_sends_nobody_anywhere(lab):
    with lab.talk() as (call, _, _), lab.phone("2003") as other:
        call.cseq += 10
        answer = call.request("REFER", "Refer-To: <sip:103@127.0.0.1>", f"Contact: {call.agent.contact}")
        assert answer.start in ("403", "405")
        assert not other.received("INVITE")


def refused(call):
    """Whether the last transfer that a phone asked for in this call was refused: its final NOTIFY says so."""
    return bool(until(lambda: any("SIP/2.0 403" in each.text for each in call.received("NOTIFY")[-1:])))


def hand_over(leg, asked):
    """A phone asks to join whom it talks with and whom it has called meanwhile."""
    to_tag, from_tag = asked.remote.partition("tag=")[2], asked.local.partition("tag=")[2]
    named = f"{asked.id}%3Bto-tag%3D{to_tag}%3Bfrom-tag%3D{from_tag}"
    refer_to = f"Refer-To: <sip:103@127.0.0.1?Replaces={named}>"
    return leg.request("REFER", refer_to, f"Contact: {leg.agent.contact}").start


@pytest.mark.parametrize("then", ["answers", "busy"])
def test_a_phone_that_still_rings_is_not_handed_over(lab, then):
    with lab.phone("2003", answers_after_s=None) as other, lab.talk() as (call, leg, phone):
        assert leg.request("INVITE", body=phone.offer("a=sendonly")).start == "200"
        asked = phone.call("103")
        ringing = until(lambda: [each for each in phone.received("180") if each.header("Call-ID") == asked.id])
        asked.remote = ringing[0].header("To")
        assert hand_over(leg, asked) == "202"
        assert refused(leg)
        assert not leg.is_over() and not asked.is_over() and not call.is_over()
        invite = other.received("INVITE")[-1]
        if then == "busy":
            other.respond(invite, lab.inside, "486 Busy Here")
            assert phone.answered(asked).start == "486"
        else:
            other.pick_up(invite, lab.inside)
            assert phone.answered(asked).start == "200"
            assert hand_over(leg, asked) == "202"
            assert until(lambda: leg.is_over() and asked.is_over())
            assert until(lambda: lab.runs("uuid_bridge"))
            assert not other.rung().is_over()
        assert not call.is_over()


def test_a_phone_that_waits_for_whom_it_called_sends_nobody_on(lab):
    with lab.phone("2001") as first, lab.phone("2002", answers_after_s=None) as second, lab.phone("2003") as third:
        call = first.call("102")
        assert until(lambda: first.received("180"))
        call.remote = first.received("180")[-1].header("To")
        assert refer(call, "103") == "202"
        assert until(lambda: first.received("487"))
        assert until(lambda: second.received("CANCEL"))
        assert lab.quiet()
        assert not third.received("INVITE")


def test_a_phone_that_is_asked_for_its_key_sends_nobody_on(asking):
    with asking.phone("2005") as phone, asking.phone("2003") as other, asking.caller() as caller:
        call = caller.call("380800330931")
        assert until(lambda: phone.received("ACK"))
        leg = phone.rung()
        assert refer(leg, "103") == "202"
        assert refused(leg)
        assert not leg.is_over() and not call.is_over() and not other.received("INVITE")
        leg.request("INFO", body="Signal=1\nDuration=160\n", kind="application/dtmf-relay")
        assert caller.answered(call).start == "200"
        call.hang_up()
    assert asking.quiet()


def test_an_attended_transfer(lab):
    with lab.phone("2003") as other, lab.talk() as (call, leg, phone):
        assert leg.request("INVITE", body=phone.offer("a=sendonly")).start == "200"
        asked = phone.call("103")
        assert phone.answered(asked).start == "200"
        assert hand_over(leg, asked) == "202"
        assert until(lambda: leg.is_over() and asked.is_over() and lab.switch.channels() == 2)
        assert until(lambda: lab.runs("uuid_bridge"))  # who hangs up before leaves the other leg behind: FreeSWITCH
        assert not call.is_over()
        assert not other.rung().is_over()


@pytest.fixture(scope="module")
def asking(tmp_path_factory):
    """A node of a company where a desk phone is asked for a key."""
    scheme = """
scheme: asking
numbers: ["+380800330931"]
steps: [{ring: {to: door, for: 8s, confirm_prompt: short.wav}}, {hangup: NO_ANSWER}]
"""
    people = 'people: {door: {name: Door, phones: {desk: {sip: "2005", confirm: "1"}}}}'
    running = Lab(
        tmp_path_factory.mktemp("asking"), more={"asking.yaml": scheme, "people.yaml": people},
        secrets={"SIP_PASSWORD_2005": Lab.password("2005")},
    )  # fmt: skip
    yield running
    running.stop()


@pytest.fixture
def limited(tmp_path_factory):
    """A node whose accounts may make two calls a minute, of which none was made."""
    running = Lab(tmp_path_factory.mktemp("limited"), changes={"account_rate": "2/60"})
    yield running
    running.stop()


def test_numbers_outside_count_as_calls_of_who_sends_on(limited):
    for target in ("+380501120002", "0501120002"):
        with limited.talk() as (call, leg, _):
            limited.carrier.calls.clear()
            refer(leg, target)
            assert talks(call, limited.carrier)
    with limited.talk() as (call, leg, phone):
        before = len(limited.carrier.received("INVITE"))
        phone.calls.clear()
        refer(leg, "0501120002")
        assert until(lambda: phone.calls)
        assert talks(call, phone)
        assert len(limited.carrier.received("INVITE")) == before
    with limited.phone("2003") as other, limited.talk() as (call, leg, _):  # a colleague costs nothing
        refer(leg, "103")
        assert talks(call, other)
    with limited.phone("2002") as phone:  # its own call is the third
        assert phone.answered(phone.call("+380501120002")).start == "603"


def test_a_caller_is_sent_on_to_help(lab):
    with lab.talk() as (call, leg, _):
        lab.carrier.calls.clear()
        assert refer(leg, "112") == "202"
        assert talks(call, lab.carrier)
        assert "sip:112@" in lab.carrier.received("INVITE")[-1].text
