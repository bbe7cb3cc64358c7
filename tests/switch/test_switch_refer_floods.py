"""Hundreds of REFERs in a call: talks live on, nothing is dialled that may not be, nothing is left."""

import itertools

import pytest

from support.switchbed.lab import NUMBER, until

PREMIUM = "+19005551234"
MENU, MESSAGE = "380800330914", "380800330915"
MANY = 200
#: Where nobody may be sent; none of it is an extension, an account or a number that phones may dial.
NOWHERE = (
    "777", PREMIUM, "0900123456", "*97", "*78", "", "start", "back", "a" * 500, "103%20XML%20transfer", "${103}",
    "sofia/gateway/main/1", "&park()", "103;a=b",
)  # fmt: skip


def flood(call, targets, many=MANY):
    """Send so many REFERs without waiting for an answer."""
    call.cseq += 10
    for target in itertools.islice(itertools.cycle(targets), many):
        call.cseq += 1
        headers = (f"Refer-To: <sip:{target}@127.0.0.1>", f"Contact: {call.agent.contact}")
        call.agent.send_request(call, "REFER", call.cseq, headers, "")


def is_read(call):
    """Whether FreeSWITCH has read the flood and answers; a question that its buffer had no room for is asked again."""

    def asked():
        call.cseq += 1
        call.agent.send_request(call, "OPTIONS", call.cseq, (), "")
        answers = [each for each in call.agent.log if each.received and each.is_final_of("OPTIONS")]
        return any(each.header("Call-ID") == call.id and each.start == "200" for each in answers)

    return until(asked, 20)


def refused(call):
    """Whether every REFER of a call was refused that FreeSWITCH had room for, and the call goes on."""
    assert is_read(call)
    finals = [each for each in call.agent.log if each.received and each.is_final_of("REFER")]
    return {each.start for each in finals if each.header("Call-ID") == call.id} <= {"403", "405"} and not call.is_over()


def test_a_caller_who_floods_sends_nobody_anywhere(lab):
    with lab.phone("2003") as other, lab.talk(both_end=True) as (call, leg, _):
        before = len(lab.carrier.received("INVITE"))
        flood(call, ("103", "2003", PREMIUM, "+380501120002"))
        assert refused(call)
        assert not leg.is_over()
        assert not other.received("INVITE")
        assert len(lab.carrier.received("INVITE")) == before


def test_a_phone_that_floods_with_targets_of_nobody_has_its_caller_back(lab):
    with lab.talk() as (call, leg, phone):
        before = len(lab.carrier.received("INVITE"))
        phone.calls.clear()
        flood(leg, NOWHERE)
        assert until(lambda: phone.calls, 20)
        assert until(lambda: lab.is_joined("2002"), 20)
        assert not call.is_over() and not phone.rung().is_over()
        assert len(lab.carrier.received("INVITE")) == before
        assert until(lambda: lab.switch.channels() == 2, 20)


def test_a_phone_that_floods_with_a_colleague_hands_its_caller_over_once(lab):
    with lab.phone("2003") as other, lab.talk() as (call, leg, _):
        flood(leg, ("103",))
        assert until(lambda: other.received("ACK"), 20)
        assert until(lambda: lab.is_joined("2003"), 20)
        assert not call.is_over() and not other.rung().is_over()
        assert len(other.calls) == 1
        assert until(lambda: lab.switch.channels() == 2, 20)


def test_a_phone_that_floods_while_it_rings_sends_nobody_on(lab):
    """The call ends by the first one, as FreeSWITCH takes the caller from it."""
    with lab.phone("2002", answers_after_s=None) as phone, lab.phone("2003") as other, lab.caller() as caller:
        before = len(lab.carrier.received("INVITE"))
        call = caller.call(NUMBER)
        assert until(lambda: caller.received("180") or caller.received("183"))
        flood(phone.rung(), ("103", PREMIUM))
        assert caller.answered(call).start == "487"
        assert lab.quiet()
        assert not other.received("INVITE")
        assert len(lab.carrier.received("INVITE")) == before


def test_a_caller_who_floods_while_it_rings_sends_nobody_on(lab):
    with lab.phone("2002", answers_after_s=None) as phone, lab.phone("2003") as other, lab.caller() as caller:
        call = caller.call(NUMBER)
        invite = until(lambda: phone.received("INVITE"))[-1]
        ringing = until(lambda: caller.received("180") or caller.received("183"))[-1]
        call.remote = ringing.header("To")
        began = call.cseq
        flood(call, ("103", PREMIUM))
        call.cseq = began
        phone.pick_up(invite, lab.inside)
        assert caller.answered(call).start == "200"
        assert not other.received("INVITE")
        call.cseq += MANY + 20
        assert is_read(call)
        call.hang_up()
    assert lab.quiet()


@pytest.mark.parametrize("number", [MENU, MESSAGE])
def test_a_caller_who_floods_in_a_menu_or_a_voicemail_stays_there(lab, number):
    with lab.phone("2003") as other, lab.caller() as caller:
        before = len(lab.carrier.received("INVITE"))
        call = caller.call(number)
        assert caller.answered(call).start == "200"
        flood(call, ("103", PREMIUM))
        assert refused(call)
        assert not other.received("INVITE")
        assert len(lab.carrier.received("INVITE")) == before
        call.hang_up()
    assert lab.quiet()


def test_a_phone_that_floods_in_a_talk_outside_dials_nothing_that_it_may_not(lab):
    with lab.phone("2001") as phone:
        lab.carrier.calls.clear()
        before = len(lab.carrier.received("INVITE"))
        call = phone.call("+380501120002")
        assert phone.answered(call).start == "200"
        assert until(lambda: lab.is_joined("+380501120002"))
        phone.status = 486
        flood(call, NOWHERE)
        assert until(call.is_over, 20)
        assert lab.quiet()
        assert len(lab.carrier.received("INVITE")) == before + 1
