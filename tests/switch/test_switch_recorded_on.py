"""Recordings of talks that keys move, in calls of both directions: whole, in order, one file of one call."""

import contextlib
import time

import pytest

from routing.journal import query
from support.switchbed.lab import Lab, company_with, until
from support.switchbed.moved import MOVES, journal_of, types
from support.switchbed.recorded import Recorded, read
from support.switchbed.talks import incoming, outgoing
from support.switchbed.voices import CLIENT_HZ, HEAD_HZ, PERSON_HZ, voice

NUMBER = "380800330941"
#: What the client says after they have been moved.
LATER_HZ = 1700
PROJECT = company_with("record: both, talk_keys: true, parking: {places: '701-703', for: 60s}")
RECORDED = f"""
scheme: recorded
numbers: ["+{NUMBER}"]
record: both
steps: [{{ring: {{to: support, for: 8s}}}}, {{hangup: NO_ANSWER}}]
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = Lab(tmp_path_factory.mktemp("on"), more={"company.yaml": PROJECT, "recorded.yaml": RECORDED})
    yield running
    running.stop()


WAYS = {"incoming": lambda lab: incoming(lab, NUMBER), "outgoing": outgoing}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("way", WAYS)
def test_the_recording_goes_on_and_the_journal_has_one_call(lab, tmp_path, way, move):
    with lab.phone("2003") as other, WAYS[way](lab) as talk:
        talk.heard_both()
        talk.passes(1)
        leg = talk.sides["person"][1]
        agent, call, negotiated = move(lab, leg, other)
        talk.say(LATER_HZ)
        with voice(agent, negotiated, HEAD_HZ):
            assert until(lambda: talk.client.hears(HEAD_HZ, talk.began))
            talk.passes(1.5)
            call.hang_up()
            assert until(talk.sides["client"][1].is_over)
        assert lab.quiet()
        uuid = lab.record(talk.caller)["uuid"]
        lab.record(talk.sides["client"][1])
    path = lab.switch.home / "recordings" / "calls" / f"{uuid}.wav"
    sound = read(path)
    own = 0 if way == "incoming" else 1  # the caller's side comes first
    client, people = (Recorded(sound.rate, (sound.sides[at],)) for at in (own, 1 - own))
    assert longest(client, CLIENT_HZ) > 0.8 and longest(client, LATER_HZ) > 0.8
    assert longest(people, PERSON_HZ) > 0.8 and longest(people, HEAD_HZ) > 0.8
    assert client.spans(CLIENT_HZ)[0][0] < 0.5
    assert client.spans(CLIENT_HZ)[-1][1] <= client.spans(LATER_HZ)[0][0] + 0.1
    assert people.spans(PERSON_HZ)[0][1] <= people.spans(HEAD_HZ)[0][0]
    with contextlib.closing(journal_of(lab, tmp_path)) as bed:
        (found,) = query.call(bed.engines[0], uuid)
        assert found.recording == str(path)
        person = "support.desk" if way == "incoming" else "+380501120002"
        assert found.talk_s <= found.ended - found.bridged + 0.01
        assert {each.target for each in found.legs if each.talk_s} == {person, "store.desk"}
        assert not [row for row in bed.rows("calls") if uuid not in row and str(path) in row]


@pytest.mark.parametrize("way", WAYS)
def test_the_recording_goes_on_when_a_colleague_whom_the_person_asks_is_busy(lab, way):
    with lab.phone("2003", status=486) as other, WAYS[way](lab) as talk:
        talk.heard_both()
        talk.passes(1)
        person = talk.sides["person"]
        types(lab, person[1], "*2")
        assert until(lambda: other.received("INVITE"))
        asked = time.monotonic()
        assert until(lambda: talk.person.hears(CLIENT_HZ, asked) and talk.client.hears(PERSON_HZ, asked))
        talk.passes(1)
        talk.say(LATER_HZ)
        talk.passes(1.5)
        person[1].hang_up()
        sound = talk.sound()
    assert sound.spans(CLIENT_HZ)[0][0] < 0.5 and sound.spans(PERSON_HZ)[0][0] < 0.5
    assert longest(sound, LATER_HZ) > 0.8 and sound.spans(PERSON_HZ)[-1][1] > sound.spans(LATER_HZ)[0][0]


def longest(sound, hertz):
    """Seconds of the longest stretch of a tone."""
    return max((until_s - since_s for since_s, until_s in sound.spans(hertz)), default=0)
