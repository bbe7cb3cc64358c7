"""An INVITE without SDP, and one that requires reliable provisional answers: taken like any other call."""

import threading

import pytest

from support.switchbed.agent import URI
from support.switchbed.lab import until

#: Number and whether a phone answers: a person, one whose caller pays nothing, a menu, voicemail.
NUMBERS = {"380800330902": True, "380800330916": True, "380800330914": False, "380800330915": False}


def offer_late(caller, number):
    """The answer and its offer, answered in the ACK."""
    call = caller.call(number, body="")
    final = caller.answered(call, ack=False)
    assert final.start == "200"
    assert "m=audio" in final.text
    call.ack(caller.offer())
    return call


@pytest.mark.parametrize("number", NUMBERS)
def test_a_late_offer_is_answered_when_somebody_does(lab, number):
    with lab.phone("2002", answers_after_s=1.0) as phone, lab.caller() as caller:
        call = offer_late(caller, number)
        rang = [each.at for each in phone.log if each.start == "INVITE"]
        assert bool(rang) == NUMBERS[number]
        assert until(lambda: caller.packets(0.3) or phone.packets(0.3) or NUMBERS[number], 4)
        if rang:  # not before the phone was picked up: somebody pays for every second
            answered = next(each.at for each in caller.log if each.received and each.start == "200")
            assert answered - rang[0] > 0.9
        call.hang_up()
    assert lab.quiet()


def test_a_late_offer_that_nobody_answers_is_refused(lab):
    with lab.caller() as caller:
        call = caller.call("380800330902", body="")
        assert caller.answered(call).start == "480"
    assert lab.record(call)["hangup_cause"] == "NO_ANSWER"


def test_a_late_offer_confirms_with_a_key(lab):
    with lab.caller() as caller:
        call = caller.call("380800330911", body="")
        mobile = lab.carrier.rung()
        assert until(lambda: mobile.received("ACK"))
        assert mobile.request("INFO", body="Signal=1\r\n", kind="application/dtmf-relay").start == "200"
        final = caller.answered(call, ack=False)
        assert "m=audio" in final.text
        call.ack(caller.offer())
        call.hang_up()
    assert lab.quiet()


def acknowledge(caller, call):
    """PRACK the next reliable answer."""
    found = until(lambda: next((each for each in caller.log if each.received and each.header("RSeq")), None))
    assert found, [each.start for each in caller.log]
    call.remote, call.target = found.header("To"), URI.search(found.header("Contact"))[1]
    call.request("PRACK", f"RAck: {found.header('RSeq')} 1 INVITE")


def test_reliable_provisional_answers(lab):
    with lab.phone("2002", answers_after_s=1.0), lab.caller() as caller:
        call = caller.call("380800330902", "Require: 100rel", "Supported: 100rel")
        threading.Thread(target=acknowledge, args=(caller, call), daemon=True).start()
        assert until(lambda: caller.received("200"), 10)
        final = caller.final(call.id, 1, "INVITE")
        assert final.start == "200"
        call.agent.send_request(call, "ACK", 1, (), "")
        call.hang_up()
    assert lab.quiet()


def test_who_only_supports_them_gets_plain_ones(lab):
    with lab.phone("2002"), lab.caller() as caller:
        call = caller.call("380800330902", "Supported: 100rel")
        assert caller.answered(call).start == "200"
        assert not any(each.header("RSeq") for each in caller.log)
        call.hang_up()
    assert lab.quiet()
