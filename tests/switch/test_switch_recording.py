"""Recordings of a real FreeSWITCH, by the tones that both sides say: the announcement before them, what is masked."""

import json
import time

import pytest

from support.switchbed.lab import FOLDER, Lab, until
from support.switchbed.moved import reached, types
from support.switchbed.talks import incoming, outgoing, tone
from support.switchbed.voices import BEEP_HZ, CLIENT_HZ, HEAD_HZ, PERSON_HZ, hear, offer_to, voice

ANNOUNCEMENT_S = 1.5
#: What the client says while the recording is masked.
CARD_HZ = 1700


def scheme(name, number, steps, extra=""):
    return f"scheme: {name}\nnumbers: [{{number: '+{number}'{extra}}}]\nrecord: both\nsteps: {steps}\n"


PAYS, FREE, PLAYED, QUEUED = "380800330961", "380800330962", "380800330963", "380800330964"
WAYS = {"incoming": lambda lab: incoming(lab, PAYS), "outgoing": outgoing}
PROJECT = (
    "project: {name: lab, timezone: Europe/Kyiv, country: UA, destinations: [UA], "
    "recognisers: {english: en}, secrets: env, record: both, "
    "record_announcement: [{sound: poles.wav, countries: PL}, rec.wav], record_pause: '*5', talk_keys: true}\n"
)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    company = (FOLDER / "company.yaml").read_text().splitlines(keepends=True)
    rings = "[{ring: {to: support, for: 8s}}, {hangup: NO_ANSWER}]"
    more = {
        "company.yaml": PROJECT + "".join(line for line in company if not line.startswith("project:")),
        "pays.yaml": scheme("pays", PAYS, rings),
        "not_paid.yaml": scheme("not_paid", FREE, rings, ", caller_pays: false"),
        "played.yaml": scheme("played", PLAYED, f"[{{play: rec.wav}}, {rings[1:]}"),
        "queued.yaml": scheme("queued", QUEUED, "[{queue: {to: [support], at_most: 60s}}, {hangup: NO_ANSWER}]"),
    }
    sounds = {"rec.wav": tone(HEAD_HZ, ANNOUNCEMENT_S), "poles.wav": tone(HEAD_HZ, 0.5)}
    running = Lab(tmp_path_factory.mktemp("lab"), {}, more, sounds=sounds)
    yield running
    running.stop()


def starts(lab, record):
    """When applications of a leg ran, each last, in seconds since the epoch."""
    path = next((lab.switch.home / "spool").glob(f"*{record['uuid']}*.json"))
    ran = json.loads(path.read_text())["app_log"]["applications"]
    return {each["app_name"]: int(each["app_stamp"]) / 1e6 for each in ran}


@pytest.mark.parametrize("number", [PAYS, FREE, QUEUED])
def test_nothing_is_recorded_before_both_have_heard_the_announcement(recording, number):
    with incoming(recording, number) as talking:
        assert until(lambda: talking.client.hears(HEAD_HZ, talking.began))
        assert until(lambda: talking.person.hears(HEAD_HZ, talking.began))
        talking.connected()
        talking.passes(3.2)
        record, sound = talking.recorded()
    ran = starts(recording, record)
    assert record["routing_announce"] == "heard"
    assert ran["record_session"] - ran["playback"] >= ANNOUNCEMENT_S - 0.05
    assert sound.spans(HEAD_HZ) == []
    assert sound.spans(CLIENT_HZ)[0][0] <= 0.2


def test_who_calls_a_client_and_the_client_hear_it_too(recording):
    with outgoing(recording) as talking:
        assert until(lambda: talking.client.hears(HEAD_HZ, talking.began))
        talking.connected()
        talking.passes(3.2)
        _, sound = talking.recorded()
    assert sound.spans(HEAD_HZ) == []
    assert sound.spans(CLIENT_HZ)


def test_who_has_heard_it_before_the_ringing_does_not_hear_it_again(recording):
    with incoming(recording, PLAYED) as talking:
        talking.connected()
        talking.passes(3.2)
        record, sound = talking.recorded()
    assert not talking.person.hears(HEAD_HZ, talking.began)
    assert record["routing_announce"] == "heard"
    assert sound.spans(CLIENT_HZ)


def test_who_hangs_up_during_the_announcement_is_not_recorded(recording):
    with incoming(recording, PAYS) as talking:
        assert until(lambda: talking.client.hears(HEAD_HZ, talking.began))
        talking.caller.hang_up()
        record = recording.record(talking.caller)
    assert record["routing_announce"] != "heard"
    assert not (recording.switch.home / "recordings" / "calls" / f"{record['uuid']}.wav").exists()


@pytest.mark.parametrize("form", ["event", "info"])
@pytest.mark.parametrize("way", WAYS)
def test_a_card_number_is_not_in_the_recording(recording, way, form):
    with WAYS[way](recording) as talking:
        talking.connected()
        talking.passes(1)
        talking.press(form)
        talking.masks("true")
        talking.passes(0.5)
        talking.say(CARD_HZ)
        talking.passes(1.5)
        talking.say(CLIENT_HZ)
        talking.passes(0.5)
        talking.press(form)
        talking.masks("false")
        talking.passes(1.5)
        record, sound = talking.recorded()
    ran = starts(recording, record)
    masked_s = ran["record_session_unmask"] - ran["record_session_mask"]
    quiet = sound.silence()
    assert len(quiet) == 1
    assert quiet[0][1] - quiet[0][0] == pytest.approx(masked_s, rel=0.2)
    assert sound.spans(CARD_HZ) == []
    for hertz in (CLIENT_HZ, PERSON_HZ):
        heard = sound.spans(hertz)
        assert any(until_s <= quiet[0][0] + 0.2 for _, until_s in heard)
        assert any(since_s >= quiet[0][1] - 0.2 for since_s, _ in heard)


def test_the_clients_keys_mask_nothing(recording):
    with incoming(recording, PAYS) as talking:
        talking.connected()
        talking.press("event", by="client")
        talking.press("info", by="client")
        talking.passes(3.2)
        record, sound = talking.recorded()
    assert "routing_masked" not in record
    assert sound.silence() == []


def test_a_talk_that_ends_masked_stays_masked(recording):
    with incoming(recording, PAYS) as talking:
        talking.connected()
        talking.passes(1)
        talking.press("event")
        talking.masks("true")
        talking.say(CARD_HZ)
        talking.passes(2.5)
        record, sound = talking.recorded()
    assert record["routing_masked"] == "true"
    assert sound.spans(CARD_HZ) == []
    assert sound.silence()[-1][1] == pytest.approx(sound.seconds, abs=0.05)


@pytest.mark.parametrize("how", ["all three talk", "the person hangs up"])
@pytest.mark.parametrize("way", WAYS)
def test_a_colleague_who_joins_hears_that_the_client_is_recorded_before_they_are_in_it(recording, way, how):
    with recording.phone("2003") as other, WAYS[way](recording) as talking:
        talking.connected()
        leg = talking.sides["person"][1]
        types(recording, leg, "*2")
        reached(recording, other)
        with voice(other, offer_to(other, other.rung()), BEEP_HZ) as colleague:
            assert hear({talking.person: {BEEP_HZ}, colleague: {PERSON_HZ}}) == ""
            assert not colleague.hears(HEAD_HZ, talking.began)
            pressed = time.monotonic()
            leg.press("#") if how == "all three talk" else leg.hang_up()
            assert until(lambda: colleague.hears(HEAD_HZ, pressed))
            assert until(lambda: colleague.hears(CLIENT_HZ, pressed))
            assert not talking.client.hears(HEAD_HZ, pressed)
        other.rung().hang_up()
        talking.sides["client"][1].hang_up()
        assert recording.quiet()
