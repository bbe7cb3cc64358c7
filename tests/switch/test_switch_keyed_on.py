"""Recordings that keys have begun, of talks that keys move, both directions: they go on, and end by a key."""

import pytest

from support.switchbed.dialog import media_port
from support.switchbed.lab import Lab, company_with, until
from support.switchbed.moved import MOVES, hears, last_answer, members, of_channels, types
from support.switchbed.recorded import press
from support.switchbed.talks import incoming, outgoing, presses
from support.switchbed.voices import CLIENT_HZ, HEAD_HZ, PERSON_HZ, voice

NUMBER = "380800330943"
#: What the client says while nothing is recorded, and at the end.
UNSAID_HZ, LATER_HZ = 1700, 2150
PROJECT = company_with("record_key: '*1', talk_keys: true, parking: {places: '701-703', for: 60s}")
SCHEME = f'scheme: asked\nnumbers: ["+{NUMBER}"]\nsteps: [{{ring: {{to: support, for: 8s}}}}, {{hangup: NO_ANSWER}}]\n'
WAYS = {"incoming": lambda lab: incoming(lab, NUMBER), "outgoing": outgoing}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = Lab(tmp_path_factory.mktemp("keyed"), more={"company.yaml": PROJECT, "asked.yaml": SCHEME})
    yield running
    running.stop()


def records(talk, state, by, form):
    """A side presses the key of the recording."""
    presses(by, form, "*1")
    assert until(lambda: talk.variable("routing_record_by_key") == state)


@pytest.mark.parametrize("form", ["event", "info"])
@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("way", WAYS)
def test_it_goes_on_with_the_next_person_who_ends_it_and_begins_it_again(lab, way, move, form):
    with lab.phone("2003") as other, WAYS[way](lab) as talk:
        talk.heard_both()
        records(talk, "true", talk.sides["person"], form)
        talk.passes(1)
        side = move(lab, talk.sides["person"][1], other)
        with voice(other, side[2], HEAD_HZ):
            assert until(lambda: talk.client.hears(HEAD_HZ, talk.began))
            talk.passes(1)
            records(talk, "false", side, form)
            talk.say(UNSAID_HZ)
            talk.passes(1)
            talk.say(LATER_HZ)
            talk.passes(0.5)
            records(talk, "true", side, form)
            talk.passes(2)
            side[1].hang_up()
            sound = talk.sound()
    assert sound.spans(UNSAID_HZ) == []
    for hertz in (PERSON_HZ, CLIENT_HZ, HEAD_HZ, LATER_HZ):
        assert sound.spans(hertz), hertz
    assert sound.spans(PERSON_HZ)[0][0] <= sound.spans(HEAD_HZ)[0][0]
    assert sound.spans(CLIENT_HZ)[-1][1] <= sound.spans(LATER_HZ)[0][0] + 0.1


@pytest.mark.parametrize("way", WAYS)
def test_a_client_ends_nothing_and_hold_neither(lab, way):
    with WAYS[way](lab) as talk:
        talk.heard_both()
        person, client = talk.sides["person"], talk.sides["client"]
        records(talk, "true", person, "info")
        talk.passes(1)
        person[1].press("*3")
        assert until(lambda: members(lab) == 1)
        client[1].press("*1")
        person[1].press("*3")
        assert until(lambda: members(lab) == 0)
        client[1].press("*1")
        talk.say(LATER_HZ)
        talk.passes(2)
        assert talk.variable("routing_record_by_key") == "true"
        person[1].hang_up()
        sound = talk.sound()
    assert sound.spans(CLIENT_HZ) and sound.spans(LATER_HZ)


def test_an_outside_number_to_which_the_client_was_sent_on_has_no_key(lab):
    with lab.phone("2002") as phone, lab.caller() as caller:
        lab.carrier.calls.clear()
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK") and lab.is_joined("2002"))
        types(lab, phone.rung(), "##", "0501120088")
        assert until(lambda: lab.carrier.calls)
        assert until(lambda: "true" in of_channels(lab, "routing_with_outside"))
        assert hears(lab.carrier, caller)
        stranger = lab.carrier.rung()
        stranger.press("*1")
        press(lab.carrier.rtp, media_port(last_answer(lab.carrier)), "*1")
        stranger.press("*2")  # answered after those
        assert not {"true", "false"} & {*of_channels(lab, "routing_record_by_key")}
        call.hang_up()
    assert lab.quiet()
