"""Whatever comes in the middle of a call, the talk lives through it: from the caller's side and from the phone's."""

import contextlib

import pytest

from support.switchbed.dialog import media_port, speak
from support.switchbed.lab import NUMBER, until

SIDES = ("caller", "phone")
TIMER = ("Supported: timer", "Session-Expires: 1800;refresher=uac", "Min-SE: 90")
CONTACT = "Contact: <CONTACT>"
NO_EVENT, REFERRED = ("403", "405", "481", "489"), ("202", "400", "403", "405")
#: Requests in the dialog: method, headers, whether it brings SDP, statuses that are right.
REQUESTS = {
    "OPTIONS": ("OPTIONS", (), "", ("200",)),
    "UPDATE without SDP": ("UPDATE", ("Contact: <CONTACT>",), "", ("200",)),
    "UPDATE with a session timer": ("UPDATE", ("Contact: <CONTACT>", *TIMER), "", ("200",)),
    "UPDATE with SDP": ("UPDATE", ("Contact: <CONTACT>",), "a=sendrecv", ("200",)),
    "INFO without a body": ("INFO", (), "", ("200",)),
    "INFO of something unknown": ("INFO", ("Info-Package: x",), "", ("200", "415", "469")),
    "a re-INVITE": ("INVITE", (), "a=sendrecv", ("200",)),
    "a re-INVITE with a session timer": ("INVITE", TIMER, "a=sendrecv", ("200",)),
    "MESSAGE": ("MESSAGE", (), "", ("200", "202", "403", "405", "407", "501")),
    "SUBSCRIBE": ("SUBSCRIBE", ("Event: dialog", "Expires: 60", "Contact: <CONTACT>"), "", NO_EVENT),
    "NOTIFY": ("NOTIFY", ("Event: x", "Subscription-State: active"), "", ("200", "481", "489", "403")),
    "PRACK": ("PRACK", ("RAck: 1 1 INVITE",), "", ("200", "481")),
    "a method that nobody knows": ("FROBNICATE", (), "", ("200", "405", "501")),
    "REFER without Refer-To": ("REFER", ("Contact: <CONTACT>",), "", REFERRED),
    "REFER with two": ("REFER", ("Refer-To: <sip:103@x>", "Refer-To: <sip:104@x>", CONTACT), "", REFERRED),
    "REFER to an address that is none": ("REFER", ("Refer-To: <sip:103@>", CONTACT), "", REFERRED),
    "REFER to a telephone": ("REFER", ("Refer-To: <tel:>", "Contact: <CONTACT>"), "", REFERRED),
    "REFER to a web page": ("REFER", ("Refer-To: <http://x/>", "Contact: <CONTACT>"), "", REFERRED),
}  # fmt: skip


@contextlib.contextmanager
def talk(lab):
    """The two sides of a talk, by name."""
    with lab.talk(both_end=True) as (call, leg, _):
        yield {"caller": call, "phone": leg}


def is_heard(sides):
    """Whether the caller is there and the phone hears him: in that talk, or in the one that he came back to."""
    call, phone = sides["caller"], sides["phone"].agent
    answers = [each for each in call.agent.log if "m=audio" in each.text and each.is_final_of("INVITE")]
    port = media_port([each for each in answers if each.received][-1])

    def hears():
        speak(call.agent.rtp, port, 0.2)
        return phone.packets(0.1) > 0 and not phone.rung().is_over()

    return bool(until(hears)) and not call.is_over()


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("what", REQUESTS)
def test_the_talk_lives_through_a_request(lab, what, side):
    method, headers, body, right = REQUESTS[what]
    with talk(lab) as sides:
        call = sides[side]
        call.cseq += 10
        told = [header.replace("<CONTACT>", call.agent.contact) for header in headers]
        answer = call.request(method, *told, body=call.agent.offer(body) if body else "")
        assert answer.start in right, answer.text
        assert is_heard(sides)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("direction", ["sendonly", "inactive"])
def test_a_hold_is_taken_back(lab, side, direction):
    with talk(lab) as sides:
        call = sides[side]
        for attribute in (direction, "sendrecv", direction, "sendrecv"):
            call.cseq += 10
            assert call.request("INVITE", body=call.agent.offer(f"a={attribute}")).start == "200"
        assert is_heard(sides)


@pytest.mark.parametrize("side", SIDES)
def test_a_re_invite_without_an_offer(lab, side):
    with talk(lab) as sides:
        call = sides[side]
        call.cseq += 11
        call.agent.send_request(call, "INVITE", call.cseq, (), "")
        assert call.agent.final(call.id, call.cseq, "INVITE").start == "200"
        call.ack(call.agent.offer())
        assert is_heard(sides)


@pytest.mark.parametrize("status", [302, 301, 305, 380, 488, 415, 606])
def test_a_phone_that_redirects_or_cannot_is_passed_over(lab, status):
    elsewhere = f"Contact: <sip:+19005551234@127.0.0.1:{lab.carrier.port}>"
    with lab.phone("2002", status=status, extra=(elsewhere,)), lab.caller() as caller:
        before = len(lab.carrier.received("INVITE"))
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "480"
        assert len(lab.carrier.received("INVITE")) == before
    assert lab.record(call)["hangup_cause"] == "NO_ANSWER"
    assert lab.quiet()
