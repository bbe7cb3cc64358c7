"""What callers hear on the real switch, packet by packet: ringing, music, the carrier's sound, and never nothing."""

import contextlib

import pytest

from routing.model.ringback import HOLD
from support.switchbed import pressed, sip
from support.switchbed.bed import until
from support.switchbed.cases import parse_phone
from support.switchbed.company import TONE_HZ
from support.switchbed.ear import Ear

#: Of the project's country, Ukraine.
RINGING_HZ = 425
#: The first note on hold.
HOLD_HZ = 523.25
#: Packets a second of a call that is alive: fifty are due.
ALIVE = 40
#: What no caller notices.
GAP_S = 0.6


@contextlib.contextmanager
def ear_of(bed, number, sender, **words):
    """A call under way, what its caller is told, and what he hears."""
    with Ear() as ear:
        caller = bed.call(bed.folder / f"heard{sender}", to=number, sender=sender, media=ear.port, **words)
        try:
            yield ear, caller
        finally:
            caller.stop()


def moment(caller, status):
    """When the caller was told ``status``."""
    found = until(lambda: next((each.at for each in caller.messages() if each.received and each.start == status), None))
    assert found, f"the caller was never told {status}"
    return found


def began(caller):
    """When the INVITE went out."""
    return until(lambda: next((each.at for each in caller.messages() if each.start == "INVITE"), None))


def told(caller):
    """Every status that the caller was told, each once, in order."""
    return list(dict.fromkeys(each.start for each in caller.messages() if each.received and each.start[0] in "12345"))


@pytest.mark.parametrize("does", ["answers after 3s", "answers after 3s, early media"])
def test_a_mobile_that_sends_sound_or_rings_makes_the_caller_hear_ringing_at_once(bed, does):
    with (
        bed.ringing("myron.mobile", parse_phone(f"{does}, talks 500ms")),
        ear_of(bed, "380800330500", "+380671990001") as (_, caller),
    ):
        assert caller.wait(20) == 0
        assert told(caller) == ["100", "180", "200"]
        assert moment(caller, "200") - moment(caller, "180") > 2  # of the three seconds that it rings


def test_a_carriers_sound_passes_where_the_gateway_says_so(bed):
    with (
        bed.ringing("myron.direct", parse_phone("answers after 3s, early media, talks 500ms")),
        ear_of(bed, "380800330501", "+380671990002") as (ear, caller),
    ):
        assert caller.wait(20) == 0
        heard, answered = moment(caller, "183"), moment(caller, "200")
        assert answered - heard > 2
        assert ear.a_second(heard + 0.5, answered - 0.5) > ALIVE


def test_a_carriers_sound_does_not_pass_while_others_ring(bed):
    with (
        bed.ringing("myron.direct", parse_phone("answers after 2s, early media, talks 500ms")),
        bed.ringing("stefan.mobile", parse_phone("no answer")),
        ear_of(bed, "380800330502", "+380671990003") as (_, caller),
    ):
        assert caller.wait(20) == 0
        assert told(caller) == ["100", "180", "200"]


def test_a_phone_that_sends_sound_and_does_not_answer_rings_its_time_and_no_longer(bed):
    with (
        bed.ringing("myron.direct", parse_phone("no answer, early media")),
        ear_of(bed, "380800330501", "+380671990004") as (_, caller),
    ):
        assert caller.wait(20) == 0
        assert 4.5 < moment(caller, "480") - began(caller) < 8


def test_ringing_is_heard_after_an_answer_while_phones_ring_in_turn(bed):
    with (
        bed.ringing("stefan.desk", parse_phone("no answer")),
        bed.ringing("stefan.mobile", parse_phone("no answer")),
        ear_of(bed, "380800330503", "+380671990005") as (ear, caller),
    ):
        answered = moment(caller, "200")
        assert caller.wait(20) == 0
        ended = caller.messages()[-1].at
        assert ended - answered > 6
        assert ear.a_second(answered + 0.5, ended - 0.5) > ALIVE
        assert ear.longest_gap_s(answered, ended - 0.2) < GAP_S
        for since in (1.5, 4.5):
            assert ear.hears(RINGING_HZ, answered + since, answered + since + 1.5)


def test_music_of_the_scheme_is_heard_while_phones_ring_and_on_hold(bed):
    holding = sip.phone(ring_ms=2000, hold_ms=1000, talk_ms=3000)
    with (
        bed.ringing("stefan.desk", parse_phone("answers"), holding) as phone,
        ear_of(bed, "380800330504", "+380671990006") as (ear, caller),
    ):
        answered = moment(caller, "200")
        assert caller.wait(20) == 0
        ended = caller.messages()[-1].at
        assert ear.hears(TONE_HZ, answered + 1, answered + 2)
        held = held_at(phone)
        assert ear.a_second(held + 0.5, ended - 0.3) > ALIVE
        assert ear.hears(TONE_HZ, held + 0.5, ended - 0.3)


def test_a_held_caller_hears_something_where_no_scheme_names_music(bed):
    assert bed.switch.esl.api("global_getvar hold_music").strip() == HOLD
    holding = sip.phone(ring_ms=1000, hold_ms=500, talk_ms=4500)
    with (
        bed.ringing("stefan.desk", parse_phone("answers"), holding) as phone,
        ear_of(bed, "380800330503", "+380671990007") as (ear, caller),
    ):
        assert caller.wait(20) == 0
        held, ended = held_at(phone), caller.messages()[-1].at
        assert ear.a_second(held + 0.5, ended - 0.3) > ALIVE
        assert ear.hears(HOLD_HZ, held + 0.3, ended - 0.3)


def held_at(phone):
    """When the phone's hold was accepted."""
    mine = until(
        lambda: next((each for each in phone.messages() if each.start == "200" and "10 INVITE" in each.text), None)
    )
    assert mine, "the phone never held"
    return mine.at


def test_something_is_sent_while_a_handler_makes_an_answered_caller_wait(bed):
    bed.handler.answers["+380671990008"] = "timeout"
    with ear_of(bed, "380800330505", "+380671990008") as (ear, caller):
        answered = moment(caller, "200")
        assert caller.wait(20) == 0
        ended = caller.messages()[-1].at
        assert ended - answered > 2
        assert ear.longest_gap_s(answered, ended - 0.2) < GAP_S
        assert ear.hears(RINGING_HZ, answered + 0.5, ended)


def test_ringing_is_heard_while_an_answered_caller_is_held_for_a_busy_person(bed):
    with bed.ringing("stefan.desk", parse_phone("answers after 100ms, talks 12s")):
        first = bed.call(bed.folder / "heard_first", to="380800330503", sender="+380671990009")
        try:
            moment(first, "200")
            assert until(lambda: bed.switch.channels() >= 2)
            with ear_of(bed, "380800330506", "+380671990010", wait_ms=9000, talk_ms=6000) as (ear, caller):
                answered = moment(caller, "200")
                assert caller.wait(20) == 0
                ended = caller.messages()[-1].at
                assert ear.longest_gap_s(answered, ended - 0.2) < GAP_S
                assert ear.hears(RINGING_HZ, answered + 1.5, ended)
        finally:
            first.stop()
            bed.switch.esl.api("hupall NORMAL_CLEARING sip_from_user +380671990009")  # who is stopped says no BYE


@pytest.mark.parametrize(("number", "key"), [("380800330509", "3"), ("380800330063", "0")])
def test_a_choice_that_no_extension_begins_with_is_not_waited_for(bed, number, key):
    typed = ((1000, pressed.key(key)),)
    with (
        bed.ringing("stefan.desk", parse_phone("answers after 100ms, talks 500ms")) as phone,
        ear_of(bed, number, f"+38067199002{key}", sounds=typed) as (_, caller),
    ):
        answered = moment(caller, "200")
        assert caller.wait(20) == 0
        rung = next(each.at for each in phone.messages() if each.start == "INVITE")
        assert rung - answered < 6  # a second until the key; eight more where digits are waited for
