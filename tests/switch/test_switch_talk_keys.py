"""Keys during a talk on the real switch: who is asked, sent on, brought along, and that a client's keys do nothing."""

import contextlib

import pytest

from routing.journal import query
from support.switchbed.followed import followed
from support.switchbed.lab import NUMBER, Lab, company_with, until
from support.switchbed.moved import (
    client_talk,
    hears,
    journal_of,
    members,
    press_events,
    reached,
    recordings,
    size_recorded,
    types,
)
from support.switchbed.voices import CLIENT_HZ, HEAD_HZ, PERSON_HZ, hear, offer_to, voice

PROJECT = company_with("talk_keys: true")
RECORDED = """
scheme: recorded
numbers: ["+380800330951"]
record: both
steps: [{ring: {to: support, for: 8s}}, {hangup: NO_ANSWER}]
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = Lab(
        tmp_path_factory.mktemp("talk"),
        more={"company.yaml": PROJECT, "recorded.yaml": RECORDED},
    )
    yield running
    running.stop()


def are_back(lab):
    """Whether the person and who waited talk again, in no room."""
    return members(lab) == 0 and lab.is_joined("2002")


def asked(lab, leg, other):
    """The person talks with the colleague whom they have asked for; both have been heard."""
    types(lab, leg, "*2")
    reached(lab, other)
    assert hears(other, leg.agent)


def test_back_to_who_waits(lab):
    with lab.phone("2003") as other, lab.talk() as (call, leg, phone):
        asked(lab, leg, other)
        assert not call.is_over() and members(lab) == 1
        leg.press("*")
        assert until(lambda: are_back(lab))
        assert until(other.rung().is_over)
        assert hears(phone, call.agent) and hears(call.agent, phone)
        leg.hang_up()
        assert until(call.is_over)
    assert lab.quiet()


def test_who_hangs_up_connects_the_others(lab):
    with lab.phone("2003") as other, lab.talk() as (call, leg, _):
        asked(lab, leg, other)
        leg.hang_up()
        assert until(lambda: members(lab) == 2)
        assert hears(other, call.agent) and hears(call.agent, other)
        assert not call.is_over() and not other.rung().is_over()
        other.rung().hang_up()
        assert until(call.is_over)
    assert lab.quiet()


@pytest.mark.parametrize("leaves", ["who asked", "the colleague", "the client"])
def test_all_three_talk_and_anybody_may_leave(lab, leaves):
    with lab.phone("2003") as other, lab.talk() as (call, leg, phone):
        asked(lab, leg, other)
        leg.press("#")
        assert until(lambda: members(lab) == 3)
        assert hears(phone, call.agent) and hears(other, call.agent) and hears(call.agent, other)
        gone = {"who asked": leg, "the colleague": other.rung(), "the client": call}[leaves]
        stay = [each for each in (leg, other.rung(), call) if each is not gone]
        gone.hang_up()
        assert until(lambda: members(lab) == 2)
        assert hears(stay[0].agent, stay[1].agent) and not any(each.is_over() for each in stay)
        stay[0].hang_up()
        assert until(stay[1].is_over)
    assert lab.quiet()


@pytest.mark.parametrize("status", [486, 603, 480])
def test_from_a_colleague_who_cannot_they_are_back_with_who_waits(lab, status):
    with lab.phone("2003", status=status) as other, lab.talk() as (call, leg, phone):
        types(lab, leg, "*2")
        assert until(lambda: are_back(lab))
        assert other.received("INVITE")
        assert hears(phone, call.agent)
        call.hang_up()
        assert until(leg.is_over)
    assert lab.quiet()


@pytest.mark.parametrize("target", ["777", "0900123456", ""])
def test_from_where_they_may_not_dial_they_are_back(lab, target):
    with lab.talk() as (call, leg, phone):
        before = len(lab.carrier.received("INVITE"))
        types(lab, leg, "*2", target)
        assert until(lambda: are_back(lab), 15)
        assert len(lab.carrier.received("INVITE")) == before
        assert hears(phone, call.agent)
        call.hang_up()
        assert until(leg.is_over)
    assert lab.quiet()


def test_a_key_ends_the_ringing(lab):
    with lab.phone("2003", answers_after_s=None) as other, lab.talk() as (call, leg, phone):
        types(lab, leg, "*2")
        assert until(lambda: other.received("INVITE"))
        leg.press("*")
        assert until(lambda: are_back(lab))
        assert until(lambda: other.received("CANCEL"))
        assert hears(phone, call.agent)
        call.hang_up()
        assert until(leg.is_over)
    assert lab.quiet()


def test_who_hangs_up_while_it_rings_has_sent_the_caller_on(lab):
    with lab.phone("2003", answers_after_s=1) as other, lab.talk() as (call, leg, _):
        types(lab, leg, "*2")
        assert until(lambda: other.received("INVITE"))
        leg.hang_up()
        assert until(lambda: len(other.received("INVITE")) == 2)
        reached(lab, other)
        assert hears(other, call.agent) and not call.is_over()
    assert lab.quiet()


def test_who_hangs_up_without_a_target_is_rung_again(lab):
    with lab.talk() as (call, leg, phone):
        leg.press("*2")
        assert until(lambda: lab.runs("play_and_get_digits"))
        phone.calls.clear()
        leg.hang_up()
        assert until(lambda: phone.calls)
        assert until(lambda: lab.is_joined("2002"))
        assert not call.is_over()
    assert lab.quiet()


@pytest.mark.parametrize("moment", ["while digits are typed", "while it rings", "while they talk"])
def test_who_waits_hangs_up(lab, moment):
    answers_after_s = None if moment == "while it rings" else 0.2
    with lab.phone("2003", answers_after_s=answers_after_s) as other, lab.talk() as (call, leg, _):
        if moment == "while digits are typed":
            leg.press("*2")
            assert until(lambda: lab.runs("play_and_get_digits"))
            call.hang_up()
            leg.press("103#")
        elif moment == "while it rings":
            types(lab, leg, "*2")
            assert until(lambda: other.received("INVITE"))
            call.hang_up()
            leg.press("*")
        else:
            asked(lab, leg, other)
            call.hang_up()
            assert hears(other, leg.agent)
            leg.press("*")
        assert until(leg.is_over) if moment != "while digits are typed" else leg.hang_up() is None
    assert lab.quiet()


def test_a_caller_is_sent_on_without_asking(lab):
    with lab.phone("2003") as other, lab.talk() as (call, leg, _):
        types(lab, leg, "##")
        assert until(leg.is_over)
        reached(lab, other)
        assert hears(other, call.agent) and not call.is_over()
    assert lab.record(call)["routing_by"] == "support.desk"


def test_who_is_sent_on_to_a_busy_colleague_comes_back(lab):
    with lab.phone("2003", status=486), lab.talk() as (call, leg, phone):
        leg.press("##")
        assert until(lambda: lab.runs("play_and_get_digits"))
        phone.calls.clear()
        leg.press("103#")
        assert until(lambda: phone.calls)
        assert until(lambda: lab.is_joined("2002"))
        assert hears(phone, call.agent)


def test_the_keys_of_a_client_do_nothing(lab):
    with lab.phone("2003") as other, lab.talk() as (call, _, _):
        call.cseq += 10
        call.press("*2##103#")
        assert not other.received("INVITE") and members(lab) == 0
        assert lab.is_joined("2002")


def test_keys_by_telephone_event(lab):
    with lab.phone("2003") as other, lab.talk() as (call, leg, phone):
        press_events(phone, "*2")
        assert until(lambda: lab.runs("play_and_get_digits"))
        press_events(phone, "103#")
        reached(lab, other)
        assert hears(other, phone)
        press_events(phone, "*")
        assert until(lambda: are_back(lab))
        call.hang_up()
        assert until(leg.is_over)


@pytest.mark.parametrize("called", ["103", "+380501120002"])
def test_a_phone_that_has_called_asks_and_connects(lab, called):
    with lab.phone("2001") as first, lab.phone("2003") as second, lab.phone("2004") as other:
        lab.carrier.calls.clear()
        call = first.call(called)
        assert first.answered(call).start == "200"
        reached = second if called == "103" else lab.carrier
        assert until(lambda: reached.calls and len(lab._channels()) == 2)
        assert hears(reached, first)
        call.press("*2")
        assert until(lambda: lab.runs("play_and_get_digits"))
        call.press("104#")
        assert until(lambda: other.received("ACK") and lab.is_joined("2004"))
        assert hears(other, first)
        call.hang_up()
        assert until(lambda: members(lab) == 2)
        assert hears(other, reached) and hears(reached, other)
        other.rung().hang_up()
        assert until(reached.rung().is_over)
    assert lab.quiet()


def test_a_recording_goes_on_through_everything_and_the_journal_has_one_call(lab, tmp_path):
    with (
        followed(lab.switch) as calls, lab.phone("2002") as phone, lab.phone("2003") as other, lab.caller() as caller,
    ):  # fmt: skip
        call = caller.call("380800330951")
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK") and lab.is_joined("2002"))
        leg = phone.rung()
        assert hears(phone, caller) and hears(caller, phone)
        asked(lab, leg, other)
        before = size_recorded(lab)
        leg.press("#")
        assert until(lambda: members(lab) == 3)
        assert hears(other, caller)
        leg.hang_up()
        assert until(lambda: members(lab) == 2)
        assert hears(other, caller) and hears(caller, other)
        other.rung().hang_up()
        assert until(call.is_over)
        assert until(lambda: calls.ended())
        assert lab.quiet()
        assert len(calls.ended()) == 1
    uuid = lab.record(call)["uuid"]
    assert [path.stem for path in recordings(lab)].count(uuid) == 1
    assert size_recorded(lab) > before
    bed = journal_of(lab, tmp_path)
    (found,) = query.call(bed.engines[0], uuid)
    assert found.recording and {leg.target for leg in found.legs if leg.talk_s} == {"support.desk", "store.desk"}
    assert not [row for row in bed.rows("calls") if "store.desk" in row and uuid not in row and "recorded" in row]


def test_who_hears_whom_while_asking_and_all_three(lab):
    with contextlib.ExitStack() as stack:
        other, phone = stack.enter_context(lab.phone("2003")), stack.enter_context(lab.phone("2002"))
        caller = stack.enter_context(lab.caller())
        call = caller.call(NUMBER)
        client = stack.enter_context(voice(caller, caller.answered(call), CLIENT_HZ))
        leg = phone.rung()
        person = stack.enter_context(voice(phone, offer_to(phone, leg), PERSON_HZ))
        assert hear({client: {PERSON_HZ}, person: {CLIENT_HZ}}) == ""
        types(lab, leg, "*2")
        colleague = stack.enter_context(voice(other, offer_to(other, other.rung()), HEAD_HZ))
        assert hear({person: {HEAD_HZ}, colleague: {PERSON_HZ}}) == ""
        assert not client.hears(HEAD_HZ, 0.0)
        leg.press("#")
        everybody = {client: {PERSON_HZ, HEAD_HZ}, person: {CLIENT_HZ, HEAD_HZ}, colleague: {CLIENT_HZ, PERSON_HZ}}
        assert hear(everybody) == ""
        leg.hang_up()
        assert hear({client: {HEAD_HZ}, colleague: {CLIENT_HZ}}) == ""
        call.hang_up()
    assert lab.quiet()


def test_a_colleague_who_is_asked_sees_who_asks(lab):
    with lab.phone("2003") as other, lab.talk() as (call, leg, _):
        asked(lab, leg, other)
        assert "<sip:102@" in other.received("INVITE")[-1].header("From")
        call.hang_up()
        leg.hang_up()
    assert lab.quiet()


@pytest.mark.parametrize("way", ["incoming", "outgoing"])
def test_hold_and_back_by_the_same_key_as_often_as_wanted(lab, way):
    with client_talk(lab, way) as (call, leg, phone, client):
        for _ in range(2):
            leg.press("*3")
            assert until(lambda: members(lab) == 1)
            leg.press("*3")
            assert until(lambda: members(lab) == 0)
            assert hears(phone, client) and hears(client, phone)
        with lab.phone("2003") as other:
            types(lab, leg, "*2")
            reached(lab, other)
            leg.press("*")
            assert until(lambda: members(lab) == 0)
            assert hears(phone, client) and hears(client, phone)
        leg.hang_up()
        assert until(call.is_over)
    assert lab.quiet()


def test_who_hangs_up_while_they_hold_is_rung_again(lab):
    with lab.talk() as (call, leg, phone):
        leg.press("*3")
        assert until(lambda: members(lab) == 1)
        phone.calls.clear()
        leg.hang_up()
        assert until(lambda: phone.calls and lab.is_joined("2002"))
        assert not call.is_over()
    assert lab.quiet()


@pytest.mark.parametrize("way", ["incoming", "outgoing"])
def test_a_client_holds_nobody(lab, way):
    with client_talk(lab, way) as (call, leg, phone, client):
        call.press("*3")
        assert hears(phone, client) and members(lab) == 0
        leg.hang_up()
        assert until(call.is_over)
    assert lab.quiet()


def test_the_journal_has_one_call_of_who_was_held(lab, tmp_path):
    with lab.phone("2002") as phone, lab.caller() as caller:
        call = caller.call("380800330951")
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK") and lab.is_joined("2002"))
        phone.rung().press("*3")
        assert until(lambda: members(lab) == 1)
        phone.rung().press("*3")
        assert until(lambda: members(lab) == 0)
        assert hears(phone, caller)
        call.hang_up()
    assert lab.quiet()
    uuid = lab.record(call)["uuid"]
    bed = journal_of(lab, tmp_path)
    (found,) = query.call(bed.engines[0], uuid)
    assert [leg.target for leg in found.legs if leg.talk_s] == ["support.desk"]
    assert found.direction == "in"
