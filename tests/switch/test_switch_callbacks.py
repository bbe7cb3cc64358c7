"""Callbacks on the real switch: who is rung when, what they see, and the one call that the journal has of it."""

import pytest

from routing.journal.callback import cause
from routing.model.callback_call import begun, was_begun
from routing.model.callback_causes import NOBODY
from support.switchbed.callbacks import CLIENT, NUMBER, SCHEMES, CallbackLab, from_number, until

pytestmark = pytest.mark.switch
#: What a client who has pressed the key hears at most before ringing.
MOST_SILENCE_S = 2.0


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = CallbackLab(tmp_path_factory.mktemp("callbacks"), more=SCHEMES)
    yield running
    running.stop()


def talks(lab, *agents):
    """Whether all of them have been answered and joined."""
    return until(
        lambda: all(agent.received("ACK") for agent in agents) and lab.switch.channels() == 2 and lab.are_joined()
    )


def legs(record):
    """Target, whether it was picked up, whether it talked."""
    return [(leg.target, leg.picked_up, leg.talk_s > 0) for leg in record.legs]


def test_a_person_takes_it_and_talks_with_the_client(lab):
    with lab.phone("2002") as phone, lab.client() as client:
        uuid = lab.call()
        assert talks(lab, phone, client)
        assert (from_number(phone), from_number(client)) == (CLIENT, NUMBER)
        assert f"sip:{CLIENT}@" in client.received("INVITE")[0].text
        client.rung().hang_up()
        assert until(phone.rung().is_over)
        record = lab.journal(uuid)
    assert (record.direction, record.status, record.client, record.number) == ("callback", "answered", CLIENT, NUMBER)
    assert (record.person, record.target, record.schemes) == ("support", "support.desk", ("office",))
    assert legs(record) == [("support.desk", True, True), (CLIENT, True, True)]
    assert 0 < record.talk_s < record.ended - record.started
    assert cause(record) == "NORMAL_CLEARING"


def test_the_client_sees_the_number_that_they_called(lab):
    with lab.phone("2002") as phone, lab.client() as client:
        uuid = lab.call(number="+380800330900")
        assert talks(lab, phone, client)
        assert from_number(client) == "+380800330900"
        phone.rung().hang_up()
        assert until(client.rung().is_over)
        assert lab.journal(uuid).number == "+380800330900"


def test_a_person_sends_the_client_on_to_a_colleague(lab):
    with lab.phone("2002") as phone, lab.phone("2003") as other, lab.client() as client:
        lab.call()
        assert talks(lab, phone, client)
        phone.rung().request("REFER", f"Refer-To: <sip:103@{lab.host}>", f"Contact: {phone.contact}")
        assert until(lambda: other.received("ACK") and phone.rung().is_over())
        assert lab.switch.channels() == 2
        client.rung().hang_up()
        assert until(other.rung().is_over)


def test_whoever_refuses_by_key_is_passed_over(lab):
    with lab.phone("2001") as sales, lab.phone("2002") as support, lab.client() as client:
        uuid = lab.call(scheme="spoken")
        assert until(lambda: sales.received("ACK"))
        sales.rung().press("2")
        assert until(sales.rung().is_over)
        assert talks(lab, support, client)
        support.rung().hang_up()
        record = lab.journal(uuid)
    assert (record.person, record.status) == ("support", "answered")
    assert (record.legs[0].target, record.legs[0].why) == ("sales.desk", "picked up and rejected")


def test_greetings_and_menus_are_skipped_and_no_message_is_left(lab):
    with lab.client() as client:
        uuid = lab.call(scheme="spoken")
        record = lab.journal(uuid)
    assert not lab.invited(client)
    assert [step.kind for step in record.steps] == ["play", "menu", "ring", "ring", "voicemail"]
    assert record.ended - record.started < 0.5  # the sounds take as long
    assert (record.voicemail, record.status, cause(record)) == ("", "failed", NOBODY)


def test_a_mobile_is_asked_for_its_own_key(lab):
    with lab.client() as client:
        uuid = lab.call(scheme="mobile", client="+380671230001")
        mobile = client.rung()
        assert until(lambda: mobile.received("ACK"))
        mobile.press("1")
        assert until(lambda: lab.invited(client) == 2)
        assert until(lambda: len(client.received("ACK")) == 2 and lab.switch.channels() == 2 and lab.are_joined())
        mobile.hang_up()
        record = lab.journal(uuid)
    assert (record.person, record.status) == ("sales", "answered")
    assert legs(record) == [("sales.mobile", True, True), ("+380671230001", True, True)]


@pytest.mark.parametrize(("does", "why"), [({"status": 486}, "USER_BUSY"), ({"status": 404}, "UNALLOCATED_NUMBER")])
def test_a_client_who_cannot_be_reached(lab, does, why):
    with lab.phone("2002") as phone, lab.client(**does) as client:
        uuid = lab.call()
        assert until(phone.rung().is_over)
        record = lab.journal(uuid)
        assert lab.invited(client) == 1
    assert (record.status, record.talk_s, cause(record)) == ("no answer from a customer", 0.0, why)
    assert legs(record) == [("support.desk", True, False), (CLIENT, False, False)]


def test_a_person_who_hangs_up_while_the_client_is_rung(lab):
    with lab.phone("2002") as phone, lab.client(answers_after_s=None) as client:
        uuid = lab.call()
        assert until(lambda: lab.invited(client))
        phone.rung().hang_up()
        record = lab.journal(uuid)
    assert (record.status, cause(record)) == ("no answer from a customer", "NO_ANSWER")


def test_a_client_is_not_rung_when_nobody_takes_the_call(lab):
    with lab.phone("2002", status=486), lab.client() as client:
        uuid = lab.call()
        record = lab.journal(uuid)
    assert not lab.invited(client)
    assert (record.status, cause(record)) == ("busy", NOBODY)


def test_a_client_who_is_first_presses_the_key_and_enters_the_scheme(lab):
    with lab.phone("2002") as phone, lab.client() as client:
        uuid = lab.call("client")
        assert until(lambda: client.received("ACK"))
        assert not lab.invited(phone)
        client.rung().press("1")
        pressed_s = client.log[-1].at
        assert talks(lab, phone, client)
        assert phone.received("INVITE")[0].at - pressed_s < MOST_SILENCE_S
        assert (from_number(phone), from_number(client)) == (CLIENT, NUMBER)
        client.rung().hang_up()
        record = lab.journal(uuid)
    assert (record.direction, record.status, record.person) == ("callback", "answered", "support")
    assert legs(record) == [(CLIENT, True, True), ("support.desk", True, True)]
    assert (record.id, record.schemes, cause(record)) == (uuid, ("office",), "NORMAL_CLEARING")


def test_a_client_who_wants_no_calls_presses_a_key(lab):
    with lab.phone("2002") as phone, lab.client() as client:
        uuid = lab.call("client")
        assert until(lambda: client.received("ACK"))
        client.rung().press("9")
        assert until(client.rung().is_over, 25)
        record = lab.journal(uuid)
        assert not lab.invited(phone)
    assert (record.status, cause(record)) == ("no answer from a customer", "UNWANTED")
    assert [leg.why for leg in record.legs] == ["picked up and wants no more calls back"]


def test_a_machine_that_answers_rings_nobody(lab):
    with lab.phone("2002") as phone, lab.client() as client:
        uuid = lab.call("client")
        assert until(client.rung().is_over, 25)
        record = lab.journal(uuid)
        assert not lab.invited(phone)
    assert (record.status, cause(record)) == ("no answer from a customer", "NO_ANSWER")
    assert legs(record) == [(CLIENT, True, False)]


@pytest.mark.parametrize(
    ("does", "why"), [({"status": 486}, "USER_BUSY"), ({"status": 503}, "NORMAL_TEMPORARY_FAILURE")]
)
def test_a_client_who_is_first_and_cannot_be_reached(lab, does, why):
    with lab.phone("2002") as phone, lab.client(**does) as client:
        record = lab.journal(lab.call("client"))
        assert (lab.invited(phone), lab.invited(client)) == (0, 1)
    assert (record.status, cause(record)) == ("no answer from a customer", why)


@pytest.mark.parametrize("first", ["person", "client"])
@pytest.mark.parametrize("number", ["+12125550123", "+380900212345"])
def test_a_number_outside_destinations_rings_nobody(lab, first, number):
    with lab.phone("2002") as phone, lab.client() as client:
        record = lab.journal(lab.call(first, client=number))
        assert (lab.invited(phone), lab.invited(client)) == (0, 0)
    assert cause(record) == "OUTGOING_CALL_BARRED"


def test_an_attempt_is_never_a_second_call(lab):
    with lab.phone("2002") as phone, lab.client() as client:
        uuid = lab.call()
        lab.again(uuid)
        assert talks(lab, phone, client)
        phone.rung().hang_up()
        assert lab.quiet()
        lab.again(uuid)
        assert lab.quiet()
        lab.journal(uuid)
        assert (lab.invited(phone), lab.invited(client)) == (1, 1)
    assert was_begun(lab.switch.esl.api(begun(uuid)))
    assert not was_begun(lab.switch.esl.api(begun("6e7a2d2c-0f2b-4d53-9f43-0c1f6d1a0001")))
