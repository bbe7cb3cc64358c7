"""Parking on the real switch: a free place, its number, picking up from any phone, coming back, nobody lost."""

import time

import pytest

from routing.journal import query
from support.switchbed.followed import followed
from support.switchbed.lab import Lab, company_with, until
from support.switchbed.moved import (
    CLIENT,
    client_called,
    client_talk,
    hears,
    journal_of,
    last_answer,
    recordings,
    size_recorded,
)
from support.switchbed.voices import BEEP_HZ, CLIENT_HZ, voice

PARKING = "talk_keys: true, parking: {places: '701-703', for: 10s, otherwise: [guard]}"
RECORDED = """
scheme: recorded
numbers: ["+380800330981"]
record: both
steps: [{ring: {to: support, for: 8s}}, {hangup: NO_ANSWER}]
"""
PROJECT = company_with(PARKING)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = Lab(tmp_path_factory.mktemp("parking"), more={"company.yaml": PROJECT, "recorded.yaml": RECORDED})
    yield running
    running.stop()


def place(lab, number):
    """Who is in a place."""
    return lab.switch.esl.api(f"global_getvar routing_parked_lab_n{number}").strip()


def parked(lab, leg, number):
    """Press the key; whoever parks is told and gone."""
    leg.press("*7")
    assert until(lambda: "@" in place(lab, number)), (place(lab, number), lab._channels())
    assert until(leg.is_over)


@pytest.mark.parametrize("way", ["incoming", "outgoing"])
def test_parked_and_picked_up_from_another_phone(lab, way):
    with lab.phone("2003") as other, client_talk(lab, way) as (call, leg, _, client):
        parked(lab, leg, "701")
        assert not call.is_over() and client.packets(0.5) > 0  # music
        picked = other.call("701")
        answer = other.answered(picked)
        assert answer.start == "200"
        number = "+380671234567" if way == "incoming" else CLIENT
        assert answer.header("Remote-Party-ID").startswith(f'"{number}" <sip:{number}@')
        assert hears(other, client) and hears(client, other)
        assert place(lab, "701") in ("", "-ERR no reply")
        other_place = other.call("701") if way == "outgoing" else None
        if other_place:
            assert until(other_place.is_over)
        picked.hang_up()
        assert until(call.is_over)
    assert lab.quiet()


def test_places_are_told_apart_and_given_free(lab):
    with lab.phone("2003") as other, lab.phone("2001") as first:
        with lab.talk() as (call, leg, _), client_called(lab, first) as (second, second_leg):
            parked(lab, leg, "701")
            parked(lab, second_leg, "702")
            call.hang_up()
            assert until(lambda: "@" not in place(lab, "701"))
            picked = other.call("702")
            assert other.answered(picked).start == "200"
            assert hears(other, lab.carrier)
            picked.hang_up()
            assert until(second.is_over)
        wrong = other.call("703")
        assert until(wrong.is_over, 10)
    assert lab.quiet()


def test_parked_too_long_the_phone_that_parked_is_rung(lab):
    with lab.talk() as (call, leg, phone):
        parked(lab, leg, "701")
        phone.calls.clear()
        assert until(lambda: phone.calls and lab.is_joined("2002"), 20)
        assert hears(phone, call.agent) and "@" not in place(lab, "701")
        again = phone.rung()
        again.press("*7")
        assert until(lambda: "@" in place(lab, "701"))
        assert not call.is_over()
    assert lab.quiet()


def test_parked_too_long_and_that_phone_is_gone(lab):
    with lab.phone("2004") as guard, lab.talk() as (call, leg, _):
        parked(lab, leg, "701")
        with lab.phone("2002", status=486):
            assert until(lambda: guard.received("ACK") and lab.is_joined("2004"), 20)
            assert hears(guard, call.agent)
            assert not call.is_over()
    assert lab.quiet()


@pytest.mark.parametrize("when", ["while the number is told", "once it waits"])
def test_a_client_who_hangs_up_leaves_no_place_taken(lab, when):
    with lab.talk() as (call, leg, _):
        leg.press("*7")
        assert until(lambda: place(lab, "701") not in ("", "-ERR no reply"))
        if when == "once it waits":
            assert until(lambda: "@" in place(lab, "701"))
        call.hang_up()
        assert until(leg.is_over)
        assert until(lambda: place(lab, "701") in ("", "-ERR no reply"))
    assert lab.quiet()


def test_a_client_parks_nobody(lab):
    with lab.talk() as (call, _, phone):
        call.press("*7")
        assert hears(phone, call.agent)
        assert place(lab, "701") in ("", "-ERR no reply")
    assert lab.quiet()


def test_nobody_picks_up_the_client_of_another_project(lab):
    with lab.phone("2003") as other, lab.talk() as (call, leg, _):
        parked(lab, leg, "701")
        waiting = place(lab, "701")
        lab.switch.esl.api("global_setvar routing_parked_lab_n701=")
        lab.switch.esl.api(f"global_setvar routing_parked_other_n701={waiting}")  # as another project's place
        wrong = other.call("701")
        assert until(wrong.is_over, 10)
        assert not call.is_over() and call.agent.packets(0.5) > 0
        assert lab.switch.esl.api("global_getvar routing_parked_other_n701").strip() == waiting
        lab.switch.esl.api("global_setvar routing_parked_other_n701=")
        call.hang_up()
    assert lab.quiet()


def test_a_phone_that_sends_a_client_into_a_taken_place_gets_them_back(lab):
    with (
        lab.phone("2001") as first,
        lab.talk() as (call, leg, phone),
        client_called(lab, first) as (second, second_leg),
    ):
        parked(lab, second_leg, "701")
        refer = [f"Refer-To: <sip:701@{lab.inside[0]}:{lab.inside[1]}>", f"Contact: {phone.contact}"]
        assert leg.request("REFER", *refer).start == "202"
        assert until(lambda: len(phone.received("INVITE")) == 2)
        assert until(lambda: lab.is_joined("2002"))
        assert hears(phone, call.agent) and hears(call.agent, phone)
        assert not hears_now(second.agent, call.agent) and not second.is_over()
        call.hang_up()
        second.hang_up()
    assert lab.quiet()
    assert "@" not in place(lab, "701")


def hears_now(agent, speaker):
    """Whether a parked client gets more than the music's packets: the other one's voice."""
    with voice(speaker, last_answer(speaker), BEEP_HZ), voice(agent, last_answer(agent), CLIENT_HZ) as parked_client:
        began = time.monotonic()
        until(lambda: time.monotonic() - began > 1)
        return parked_client.hears(BEEP_HZ, began)


def test_no_free_place_brings_back_with_a_word(lab):
    with lab.talk() as (call, leg, phone):
        for number in ("701", "702", "703"):
            lab.switch.esl.api(f"global_setvar routing_parked_lab_n{number}=somebody")
        leg.press("*7")
        assert until(lambda: lab.runs("playback"))
        assert until(lambda: lab.is_joined("2002"), 10)
        assert hears(phone, call.agent)
        for number in ("701", "702", "703"):
            lab.switch.esl.api(f"global_setvar routing_parked_lab_n{number}=")
    assert lab.quiet()


def test_the_journal_has_one_call_with_who_talked_and_one_recording(lab, tmp_path):
    with (
        followed(lab.switch) as calls, lab.phone("2002") as phone, lab.phone("2003") as other, lab.caller() as caller,
    ):  # fmt: skip
        call = caller.call("380800330981")
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK") and lab.is_joined("2002"))
        assert hears(phone, caller)
        parked(lab, phone.rung(), "701")
        picked = other.call("701")
        assert other.answered(picked).start == "200"
        before = size_recorded(lab)
        assert hears(other, caller) and hears(caller, other)
        assert until(lambda: size_recorded(lab) > before)
        picked.hang_up()
        assert until(call.is_over)
        assert until(lambda: calls.ended())
        assert lab.quiet()
        assert len(calls.ended()) == 1
    uuid = lab.record(call)["uuid"]
    lab.record(picked)
    assert [path.stem for path in recordings(lab)] == [uuid]
    bed = journal_of(lab, tmp_path)
    (found,) = query.call(bed.engines[0], uuid)
    assert found.recording and {leg.target for leg in found.legs if leg.talk_s} == {"support.desk", "store.desk"}
    assert not [row for row in bed.rows("calls") if lab.record(picked)["uuid"] in row]
