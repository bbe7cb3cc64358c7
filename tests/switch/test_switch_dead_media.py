"""Calls whose ends vanished: no RTP ends both legs, on hold after longer; nobody stays busy, no flood slot taken."""

import contextlib
import threading

import pytest

from support.switchbed.agent import Agent
from support.switchbed.dialog import media_port, speak
from support.switchbed.lab import NUMBER, Lab, until

MEDIA_S, HOLD_S = 4, 9


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    """A switch that waits for seconds where others wait for minutes, and lets a caller have one call."""
    changes = {"media_timeout": MEDIA_S, "hold_timeout": HOLD_S, "caller_calls": 1}
    running = Lab(tmp_path_factory.mktemp("impatient"), changes)
    yield running
    running.stop()


@contextlib.contextmanager
def talk(lab, phone):
    """A talk of somebody outside, who vanishes in the end, with a phone."""
    with Agent(lab.outside, "+380671234567") as caller:
        call = caller.call("380800330902")
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK"))
        yield caller, call


def test_both_legs_have_the_limits(impatient):
    with impatient.phone("2002") as phone, talk(impatient, phone) as (caller, call):
        there = media_port(caller.final(call.id, 1, "INVITE"))
        speaking = threading.Thread(target=speak, args=(caller.rtp, there, 4))  # the table of legs takes its time
        speaking.start()
        limits = [impatient.switch.esl.api(f"uuid_getvar {uuid} media_timeout") for uuid in impatient.uuids()]
        assert sorted(limits) == [str(MEDIA_S * 1000), str(HOLD_S * 1000)]  # the caller's, and of a phone that may hold
        call.hang_up()
        speaking.join()
    assert impatient.quiet()


def test_a_call_without_rtp_ends(impatient):
    with impatient.phone("2002") as phone, talk(impatient, phone) as (caller, call):
        assert impatient.quiet()
        assert impatient.record(call)["hangup_cause"] == "MEDIA_TIMEOUT"
        assert until(lambda: phone.received("BYE"))
        assert until(call.is_over)
        again = caller.call("380800330902")  # the slot of the caller is free, and the person
        assert caller.answered(again).start == "200"
        again.hang_up()
    assert impatient.quiet()


def test_a_caller_who_vanishes_while_it_rings_is_rung_for_no_longer_than_the_scheme_says(impatient):
    with impatient.phone("2002", answers_after_s=None) as phone:
        with impatient.caller() as caller:
            caller.call(NUMBER)
            assert until(lambda: phone.received("INVITE"))
        assert until(lambda: phone.received("CANCEL"), 15)
    assert impatient.quiet()


def test_a_call_on_hold_lasts_longer(impatient):
    with impatient.phone("2002") as phone, talk(impatient, phone) as (caller, call):
        there = media_port(caller.final(call.id, 1, "INVITE"))
        speak(caller.rtp, there, 1)  # a talk begins before it is held
        assert phone.rung().request("INVITE", body=phone.offer("a=sendonly")).start == "200"
        speak(caller.rtp, there, MEDIA_S + 1.5)
        assert not call.is_over(), "ended as if nobody held it"
        assert impatient.quiet()
        assert impatient.record(phone.rung())["hangup_cause"] == "MEDIA_TIMEOUT"
