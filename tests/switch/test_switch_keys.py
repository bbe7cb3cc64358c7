"""Keys by INFO, beside telephone-event in the offer, and as tones without it, wherever a scheme asks for keys."""

import pytest

from support.switchbed.dialog import media_port, speak
from support.switchbed.lab import until
from support.switchbed.tones import tone

RELAY, PLAIN = "application/dtmf-relay", "application/dtmf"
#: Content type and body of a key.
FORMS = {
    "relay": (RELAY, "Signal={key}\r\nDuration=160\r\n"),
    "relay, spaces": (RELAY, "Signal= {key}\r\nDuration= 160\r\n"),
    "relay, no duration": (RELAY, "Signal={key}\r\n"),
    "plain": (PLAIN, "{key}"),
    "plain, line end": (PLAIN, "{key}\r\n"),
}
NUMBERED = {"*": "10", "#": "11"}
CHOICES = {"5": "CALL_REJECTED", "*": "USER_BUSY", "#": "NO_USER_RESPONSE"}


def send(call, key, form="relay"):
    kind, body = FORMS[form]
    assert call.request("INFO", body=body.format(key=key), kind=kind).start == "200"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", CHOICES)
def test_a_menu_hears_it(lab, key, form):
    with lab.caller() as caller:
        call = caller.call("380800330914")
        assert caller.answered(call).start == "200"
        send(call, NUMBERED.get(key, key) if form.startswith("plain") else key, form)
        assert until(call.is_over)
    assert lab.record(call)["hangup_cause"] == CHOICES[key]


def test_a_phone_inside_is_heard_too(lab):
    with lab.phone("2001") as phone, lab.phone("2002") as other:
        call = phone.call("102")
        assert phone.answered(call).start == "200"
        send(call, "7")
        assert other.hears_key("7")
        call.hang_up()
    assert lab.record(call)["digits_dialed"] == "7"


@pytest.mark.parametrize(("key", "status"), [("1", "200"), ("2", "480")])
def test_it_confirms_a_call_to_a_mobile(lab, key, status):
    with lab.caller() as caller:
        call = caller.call("380800330911")
        mobile = lab.carrier.rung()
        assert until(lambda: mobile.received("ACK"))
        send(mobile, key)
        if status == "480":  # not the key that was asked for
            send(mobile, key)
        assert caller.answered(call, 20).start == status
        if status == "200":
            call.hang_up()
    assert lab.quiet()


def picked_up(lab, caller, *, events=True):
    """A call to a mobile that is asked for its key; the call, the mobile's, and the INVITE that it got."""
    lab.carrier.events = events
    call = caller.call("380800330911")
    mobile = lab.carrier.rung()
    assert until(lambda: mobile.received("ACK"))
    return call, mobile, mobile.received("INVITE")[0]


@pytest.fixture
def carrier(lab):
    """The carrier, which offers events again afterwards."""
    yield lab.carrier
    lab.carrier.events = True


@pytest.mark.parametrize("events", [True, False])
def test_a_mobile_confirms_with_a_tone_where_it_has_no_events(lab, carrier, events):
    with lab.caller() as caller:
        call, mobile, invite = picked_up(lab, caller, events=events)
        press(mobile, invite, "1")
        if events:  # a tone beside events is no key
            send(mobile, "1")
        assert caller.answered(call, 20).start == "200"
        call.hang_up()
    assert lab.quiet()


@pytest.mark.parametrize("events", [True, False])
def test_a_mobile_refuses_with_its_key(lab, carrier, events):
    with lab.caller() as caller:
        call, mobile, invite = picked_up(lab, caller, events=events)
        if events:
            send(mobile, "9")
        else:
            press(mobile, invite, "9")
        assert caller.answered(call, 20).start == "480"
        assert "CALL_REJECTED" in mobile.received("BYE")[0].header("Reason")
    assert lab.quiet()


def test_a_wrong_key_asks_again(lab, carrier):
    with lab.caller() as caller:
        call, mobile, _ = picked_up(lab, caller)
        send(mobile, "5")
        send(mobile, "1")
        assert caller.answered(call, 20).start == "200"
        call.hang_up()
    assert lab.quiet()


def test_it_ends_a_message(lab):
    with lab.caller() as caller:
        call = caller.call("380800330915")
        assert caller.answered(call).start == "200"
        assert until(lambda: lab.runs("record"))
        send(call, "#")
        assert until(call.is_over, 5)
    assert lab.record(call)["routing_end"] == "voicemail"


def press(call, answer, *keys):
    """Send keys as tones."""
    for key in keys:
        speak(call.agent.rtp, media_port(answer), 0.24, tone(key))


@pytest.mark.parametrize("key", CHOICES)
def test_a_menu_hears_tones_where_no_events_are_offered(lab, key):
    with lab.caller(events=False) as caller:
        call = caller.call("380800330914")
        answer = caller.answered(call)
        speak(caller.rtp, media_port(answer), 0.8)
        press(call, answer, key)
        assert until(call.is_over)
    assert lab.record(call)["hangup_cause"] == CHOICES[key]


def test_a_tone_beside_events_is_no_second_key(lab):
    with lab.caller() as caller:
        call = caller.call("380800330914")
        answer = caller.answered(call)
        press(call, answer, "5")
        assert not call.is_over()
        send(call, "*")
        assert until(call.is_over)
    assert lab.record(call)["hangup_cause"] == CHOICES["*"]


def test_a_tone_ends_a_message(lab):
    with lab.caller(events=False) as caller:
        call = caller.call("380800330915")
        answer = caller.answered(call)
        assert until(lambda: lab.runs("record"))
        speak(caller.rtp, media_port(answer), 0.8)  # as phones do, all the time: what comes first is not heard yet
        press(call, answer, "#")
        assert until(call.is_over, 5)
    assert lab.record(call)["routing_end"] == "voicemail"
