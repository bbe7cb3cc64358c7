"""Keys that a person presses as a talk begins, before its recording has: it is recorded all the same."""

import time

import pytest

from support.switchbed.lab import Lab, company_with, until
from support.switchbed.moved import MOVES, by_its_own_transfer_key, members
from support.switchbed.talks import incoming, outgoing, tone
from support.switchbed.voices import BEEP_HZ, CLIENT_HZ, HEAD_HZ, voice

NUMBER = "380800330944"
ANNOUNCEMENT_S = 4.0
SETTINGS = "record: both, record_pause: '*5', talk_keys: true, parking: {places: '701-703', for: 60s}"
RECORDED = f"""
scheme: recorded
numbers: ["+{NUMBER}"]
record: both
steps: [{{ring: {{to: support, for: 8s}}}}, {{hangup: NO_ANSWER}}]
"""
WAYS = {"incoming": lambda lab: incoming(lab, NUMBER), "outgoing": outgoing}


def started(place, settings, scheme=RECORDED):
    more = {"company.yaml": company_with(settings), "recorded.yaml": scheme}
    return Lab(place, more=more, sounds={"rec.wav": tone(BEEP_HZ, ANNOUNCEMENT_S)})


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    running = started(tmp_path_factory.mktemp("plain"), SETTINGS)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def by_key(tmp_path_factory):
    settings = SETTINGS.replace("record: both", "record_key: '*1', record_announcement: rec.wav")
    running = started(tmp_path_factory.mktemp("by_key"), settings, RECORDED.replace("record: both\n", ""))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def announced(tmp_path_factory):
    running = started(tmp_path_factory.mktemp("announced"), f"{SETTINGS}, record_announcement: rec.wav")
    yield running
    running.stop()


def recorded_after(lab, talk, move, other, *, heard=False):
    """The person moves the client at once; the recording of what the client talks with the colleague."""
    side = move(lab, talk.sides["person"][1], other)
    with voice(other, side[2], HEAD_HZ):
        assert not heard or until(lambda: talk.variable("routing_announce") == "heard", 15)
        since = time.monotonic()
        assert until(lambda: talk.client.hears(HEAD_HZ, since))
        talk.passes(1)
        side[1].hang_up()
        return talk.sound()


@pytest.mark.parametrize("move", MOVES)
def test_a_client_who_is_moved_at_once_is_recorded(plain, move):
    with plain.phone("2003") as other, incoming(plain, NUMBER) as talk:
        assert until(lambda: talk.sides["person"][0].received("ACK"))
        sound = recorded_after(plain, talk, move, other)
    assert sound.spans(CLIENT_HZ) and sound.spans(HEAD_HZ)


def test_a_client_who_is_held_at_once_is_recorded(plain):
    with incoming(plain, NUMBER) as talk:
        person = talk.sides["person"]
        assert until(lambda: person[0].received("ACK"))
        person[1].press("*3")
        assert until(lambda: members(plain) == 1)
        talk.passes(1)
        person[1].press("*3")
        talk.heard_both()
        talk.passes(1)
        person[1].hang_up()
        sound = talk.sound()
    assert sound.spans(CLIENT_HZ) and sound.seconds > 2


@pytest.mark.parametrize("move", MOVES)
def test_a_client_who_is_moved_at_once_hears_the_announcement_before_the_recording_begins(announced, move):
    with announced.phone("2003") as other, incoming(announced, NUMBER) as talk:
        assert until(lambda: talk.sides["person"][0].received("ACK"))
        sound = recorded_after(announced, talk, move, other, heard=True)
        assert talk.client.hears(BEEP_HZ, talk.began)
    assert sound.spans(CLIENT_HZ) and sound.spans(HEAD_HZ) and not sound.spans(BEEP_HZ)


@pytest.mark.parametrize("way", WAYS)
def test_a_client_whom_a_phone_sends_on_during_the_announcement_is_recorded(announced, way):
    with announced.phone("2003") as other, WAYS[way](announced) as talk:
        assert until(lambda: talk.client.hears(BEEP_HZ, talk.began))
        sound = recorded_after(announced, talk, by_its_own_transfer_key, other, heard=True)
    assert sound.spans(CLIENT_HZ) and sound.spans(HEAD_HZ) and not sound.spans(BEEP_HZ)


@pytest.mark.parametrize("way", WAYS)
def test_a_client_whom_a_phone_sends_on_while_a_recording_by_key_is_announced_is_recorded(by_key, way):
    with by_key.phone("2003") as other, WAYS[way](by_key) as talk:
        talk.heard_both()
        talk.press("info", keys="*1")
        assert until(lambda: talk.client.hears(BEEP_HZ, talk.began))
        sound = recorded_after(by_key, talk, by_its_own_transfer_key, other, heard=True)
    assert sound.spans(CLIENT_HZ) and sound.spans(HEAD_HZ) and not sound.spans(BEEP_HZ)
