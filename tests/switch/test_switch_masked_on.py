"""Masked recordings of talks that keys move, in calls of both directions: what is masked stays so, in rooms too."""

import pytest

from support.switchbed.lab import Lab, company_with, until
from support.switchbed.moved import MOVES, last_answer, members, reached, types
from support.switchbed.talks import incoming, outgoing, presses
from support.switchbed.voices import CLIENT_HZ, HEAD_HZ, voice

NUMBER = "380800330942"
#: What the client says while the recording is masked, and after it.
CARD_HZ, LATER_HZ = 1700, 2150
PROJECT = company_with("record: both, record_pause: '*5', talk_keys: true, parking: {places: '701-703', for: 60s}")
RECORDED = f"""
scheme: recorded
numbers: ["+{NUMBER}"]
record: both
steps: [{{ring: {{to: support, for: 8s}}}}, {{hangup: NO_ANSWER}}]
"""
WAYS = {"incoming": lambda lab: incoming(lab, NUMBER), "outgoing": outgoing}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = Lab(tmp_path_factory.mktemp("masked"), more={"company.yaml": PROJECT, "recorded.yaml": RECORDED})
    yield running
    running.stop()


def masks(talk, state, by, form):
    """A side presses the key of the mask."""
    presses(by, form, "*5")
    talk.masks(state)


@pytest.mark.parametrize("form", ["event", "info"])
@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("way", WAYS)
def test_what_is_masked_stays_so_until_the_next_person_unmasks_it(lab, way, move, form):
    with lab.phone("2003") as other, WAYS[way](lab) as talk:
        talk.heard_both()
        talk.passes(1)
        masks(talk, "true", talk.sides["person"], form)
        talk.passes(0.3)
        talk.say(CARD_HZ)
        side = move(lab, talk.sides["person"][1], other)
        with voice(other, side[2], HEAD_HZ):
            assert until(lambda: talk.client.hears(HEAD_HZ, talk.began))
            talk.passes(1)
            talk.say(LATER_HZ)
            talk.passes(0.5)
            masks(talk, "false", side, form)
            talk.passes(1.5)
            side[1].hang_up()
            sound = talk.sound()
    assert sound.spans(CARD_HZ) == []
    (masked,) = sound.silence()
    assert all(since_s >= masked[1] - 0.1 for since_s, _ in sound.spans(HEAD_HZ))
    assert sound.spans(CLIENT_HZ)[0][0] < 0.5
    assert sum(until_s - since_s for since_s, until_s in sound.spans(LATER_HZ)) > 0.8


@pytest.mark.parametrize("way", WAYS)
def test_masked_through_hold_and_back(lab, way):
    with WAYS[way](lab) as talk:
        talk.heard_both()
        talk.passes(1)
        person = talk.sides["person"]
        masks(talk, "true", person, "info")
        talk.passes(0.3)
        talk.say(CARD_HZ)
        person[1].press("*3")
        assert until(lambda: members(lab) == 1)
        person[1].press("*3")
        assert until(lambda: members(lab) == 0)
        talk.passes(1)
        talk.say(LATER_HZ)
        talk.passes(0.5)
        masks(talk, "false", person, "event")
        talk.passes(1.5)
        person[1].hang_up()
        sound = talk.sound()
    assert sound.spans(CARD_HZ) == [] and len(sound.silence()) == 1
    assert sound.spans(LATER_HZ)


@pytest.mark.parametrize("form", ["event", "info"])
@pytest.mark.parametrize("way", WAYS)
def test_everybody_of_the_company_masks_in_a_room_of_three_and_the_client_does_not(lab, way, form):
    with lab.phone("2003") as other, WAYS[way](lab) as talk:
        talk.heard_both()
        client, person = talk.sides["client"], talk.sides["person"]
        types(lab, person[1], "*2")
        reached(lab, other)
        person[1].press("#")
        assert until(lambda: members(lab) == 3)
        talk.passes(1)
        talk.press(form, by="client")
        colleague = other, other.rung(), last_answer(other)
        for masker, unmasker in ((person, colleague), (colleague, person)):
            masks(talk, "true", masker, form)
            talk.passes(0.3)
            talk.say(CARD_HZ)
            talk.passes(1)
            talk.say(CLIENT_HZ)
            talk.passes(0.5)
            masks(talk, "false", unmasker, form)
            talk.passes(1)
        client[1].hang_up()
        person[1].hang_up()
        other.rung().hang_up()
        sound = talk.sound()
    assert sound.spans(CARD_HZ) == [] and len(sound.silence()) == 2
    assert sound.spans(CLIENT_HZ)[-1][1] > sound.silence()[-1][1]
