"""Recordings that a person's keys begin and end on a real FreeSWITCH: announced, whole, in order, theirs alone."""

import json
from pathlib import Path

import pytest

from support.switchbed.lab import FOLDER, Lab, until
from support.switchbed.talks import incoming, outgoing, tone
from support.switchbed.voices import CLIENT_HZ, HEAD_HZ, PERSON_HZ

NUMBER = "380800330971"
#: What the client says while nothing is recorded.
UNSAID_HZ = 1700
PROJECT = (
    "project: {name: lab, timezone: Europe/Kyiv, country: UA, destinations: [UA], "
    "recognisers: {english: en}, secrets: env, "
    "record_key: '*1', record_pause: '*5', talk_keys: true%s}\n"
)
SCHEME = f"scheme: asked\nnumbers: ['+{NUMBER}']\nsteps: [{{ring: {{to: support, for: 8s}}}}, {{hangup: NO_ANSWER}}]\n"
ANNOUNCES = ", record_announcement: rec.wav"


def started(place, project):
    company = (FOLDER / "company.yaml").read_text().splitlines(keepends=True)
    text = project + "".join(line for line in company if not line.startswith("project:"))
    return Lab(place, {}, {"company.yaml": text, "asked.yaml": SCHEME}, sounds={"rec.wav": tone(HEAD_HZ, 1.5)})


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    running = started(tmp_path_factory.mktemp("plain"), PROJECT % "")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def announced(tmp_path_factory):
    running = started(tmp_path_factory.mktemp("announced"), PROJECT % ANNOUNCES)
    yield running
    running.stop()


def talking(lab, way):
    return incoming(lab, NUMBER) if way == "incoming" else outgoing(lab)


def recording(talk, state):
    """Wait until keys have begun the recording, or ended it."""
    assert until(lambda: talk.variable("routing_record_by_key") == state)


@pytest.mark.parametrize("form", ["event", "info"])
@pytest.mark.parametrize("way", ["incoming", "outgoing"])
def test_begun_ended_and_begun_again_it_is_one_file_in_order(plain, way, form):
    with talking(plain, way) as talk:
        talk.heard_both()
        talk.press(form, keys="*1")
        recording(talk, "true")
        talk.passes(1.5)
        talk.press(form, keys="*1")
        recording(talk, "false")
        talk.say(UNSAID_HZ)
        talk.passes(1)
        talk.say(CLIENT_HZ)
        talk.passes(0.5)
        talk.press(form, keys="*1")
        recording(talk, "true")
        talk.passes(2)
        _, sound = talk.recorded()
    assert sound.spans(UNSAID_HZ) == []
    assert 3 <= sound.seconds <= 6.5
    for hertz in (CLIENT_HZ, PERSON_HZ):
        assert sum(until_s - since_s for since_s, until_s in sound.spans(hertz)) > 2


@pytest.mark.parametrize("way", ["incoming", "outgoing"])
def test_both_hear_the_announcement_before_it_begins_and_only_once(announced, way):
    with talking(announced, way) as talk:
        talk.heard_both()
        assert not talk.client.hears(HEAD_HZ, talk.began)
        talk.press("info", keys="*1")
        assert until(lambda: talk.client.hears(HEAD_HZ, talk.began))
        assert until(lambda: talk.person.hears(HEAD_HZ, talk.began))
        talk.connected()
        talk.passes(1)
        talk.press("info", keys="*1")
        recording(talk, "false")
        talk.passes(1)
        talk.press("info", keys="*1")
        recording(talk, "true")
        talk.passes(2)
        record, sound = talk.recorded()
    assert record["routing_announce"] == "heard"
    assert sound.spans(HEAD_HZ) == []
    assert sound.spans(CLIENT_HZ)


@pytest.mark.parametrize("form", ["event", "info"])
def test_the_clients_keys_begin_nothing(plain, form):
    with incoming(plain, NUMBER) as talk:
        talk.heard_both()
        talk.press(form, by="client", keys="*1")
        talk.passes(2)
        talk.caller.hang_up()
        record = plain.record(talk.caller)
    assert "routing_record_by_key" not in record
    assert not (plain.switch.home / "recordings" / "calls" / f"{record['uuid']}.wav").exists()


def test_a_masked_recording_that_begins_again_is_masked(plain):
    with incoming(plain, NUMBER) as talk:
        talk.heard_both()
        talk.press("info", keys="*1")
        recording(talk, "true")
        talk.passes(1)
        talk.press("info", keys="*5")
        talk.masks("true")
        talk.press("info", keys="*1")
        recording(talk, "false")
        talk.press("info", keys="*1")
        recording(talk, "true")
        talk.say(UNSAID_HZ)
        talk.passes(1.5)
        record, sound = talk.recorded()
    assert record["routing_masked"] == "true"
    assert sound.spans(UNSAID_HZ) == []


def test_where_no_file_can_be_written_the_person_hears_an_error_and_may_try_again(tmp_path):
    lab = started(tmp_path, PROJECT % "")
    folder = lab.switch.home / "recordings" / "calls"
    try:
        folder.parent.mkdir(exist_ok=True)
        folder.write_text("in the way of the folder")
        with incoming(lab, NUMBER) as talk:
            talk.heard_both()
            talk.press("info", keys="*1")
            recording(talk, "false")
            folder.unlink()
            talk.press("info", keys="*1")
            recording(talk, "true")
            talk.passes(4)
            record, sound = talk.recorded()
        assert sound.spans(CLIENT_HZ)
        tones = [Path(sound).stem for name, sound in ran(lab, record) if name == "displace_session"]
        assert tones == ["invalid", "unmasked"]
    finally:
        lab.stop()


def ran(lab, record):
    """The applications of a leg that ran, with the first words of their arguments."""
    (file,) = (lab.switch.home / "spool").glob(f"*{record['uuid']}*.json")
    applications = json.loads(file.read_text())["app_log"]["applications"]
    return [(each["app_name"], each["app_data"].partition(" ")[0]) for each in applications]
