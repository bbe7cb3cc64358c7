"""What callers really say at a speech menu: voices, noise, silence; what is left, whatever is killed meanwhile."""

import importlib.util
import signal
import time

import pytest

from routing.journal import cdr, parse
from support.switchbed import ports
from support.switchbed.disks import fill, small_disk
from support.switchbed.lab import Lab, until
from support.switchbed.speech_menu import (
    NOTHING,
    SALES,
    SALES_HZ,
    SUPPORT,
    SUPPORTED,
    TOOLS,
    UNKNOWN_HZ,
    Speaker,
    is_ready,
    recordings,
    records,
    serves,
)
from support.switchbed.spoken import hush, said
from support.switchbed.tones import sine


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A switch whose speech menu asks an engine at a port that a test serves."""
    made = Lab(tmp_path_factory.mktemp("listening"), engine=f"127.0.0.1:{ports.free()}")
    yield made
    made.stop()


@pytest.fixture
def understands(lab):
    if importlib.util.find_spec("pocketsphinx") is None:
        pytest.skip("not installed: pocketsphinx (pip install pocketsphinx)")
    with serves(lab, TOOLS / "recogniser_pocketsphinx.py") as engine:
        assert is_ready(engine)
        yield engine


@pytest.mark.parametrize("voice", ["en-us", "en-gb", "en-us+f3"])
@pytest.mark.parametrize(("phrase", "cause"), [("new order", SALES), ("it is broken", SUPPORTED)])
def test_voices_are_understood(understands, speaker, voice, phrase, cause):
    speaker.says(hush(1.2) + said(phrase, voice) + hush(8))
    assert speaker.cause() == cause


def test_a_phrase_over_the_prompt_is_understood(understands, speaker):
    speaker.says(said("new order") + hush(8))
    assert speaker.cause() == SALES


@pytest.mark.parametrize("noise", [0.002, 0.02])
def test_a_phrase_in_noise_is_understood(understands, speaker, noise):
    speaker.says(hush(1.2, noise) + said("new order", noise=noise) + hush(12, noise))
    assert speaker.cause() == SALES


def test_other_words_twice_lead_to_keys(understands, speaker):
    speaker.says(hush(1.2) + said("purple elephant") + hush(3) + said("good morning everybody") + hush(12))
    assert speaker.cause() == NOTHING
    assert speaker.record["routing_listen_missed"] == "x"


def test_no_words_are_kept(lab, understands, speaker):
    speaker.says(hush(1.2) + said("good morning everybody") + hush(3.5) + said("new order") + hush(8))
    assert speaker.cause() == SALES
    files = [path for path in lab.place.rglob("*") if path.is_file() and path.suffix != ".yaml"]
    texts = [path.read_bytes() for path in files if "schemes" not in path.parts and "release" not in str(path)]
    assert not any(b"good morning" in text for text in texts)


def test_the_journal_says_what_was_chosen_and_how(lab, tones, speaker):
    speaker.says(hush(0.9) + sine(SALES_HZ, 0.8) + hush(6))
    assert speaker.cause() == SALES
    legs = [cdr.read(path.read_bytes()) for path in (lab.switch.home / "spool").glob("a_*.json")]
    leg = next(leg for leg in legs if leg.get("sip_call_id") == speaker.call.id)
    step = parse.call(leg, {}, parse.ParseContext()).steps[0]
    assert (step.kind, step.inputs, step.outcome) == ("listen", "speech", "option sales, confidence 0.90")


def test_a_key_counts_while_the_caller_speaks(lab, tones, speaker):
    speaker.says(hush(0.9) + sine(UNKNOWN_HZ, 1.0))
    assert records(lab)
    speaker.presses("2")
    speaker.says(hush(3))
    assert speaker.cause() == SUPPORTED
    assert "routing_decision" not in speaker.record


def test_a_wrong_key_is_a_mistake_and_the_caller_may_speak_then(lab, tones, speaker):
    speaker.says(hush(0.5))
    speaker.presses("9")
    assert until(lambda: lab.runs("playback"))
    speaker.says(hush(0.2))
    assert until(lambda: lab.runs("detect_audio"))
    speaker.says(hush(0.5) + sine(SALES_HZ, 0.8) + hush(4))
    assert speaker.cause() == SALES
    assert speaker.record["routing_listen_missed"] == "x"


def test_two_wrong_keys_lead_to_the_menu_of_keys(lab, tones, speaker):
    (uuid,) = lab.uuids(1)
    speaker.says(hush(0.5))
    speaker.presses("9")
    assert until(lambda: lab.switch.esl.api(f"uuid_getvar {uuid} routing_listen_missed").strip() == "x")
    speaker.presses("8")
    assert until(lambda: lab.runs("play_and_get_digits"))
    speaker.presses("1")
    assert speaker.cause() == SALES
    assert speaker.record["routing_listen_missed"] == "x" and "routing_decision" not in speaker.record


def test_endless_noise_is_listened_to_for_a_bounded_time(tones, speaker):
    speaker.says(hush(0.9) + sine(UNKNOWN_HZ, 28.0))
    assert speaker.cause() == NOTHING
    assert speaker.record["routing_listen_missed"] == "x"


def test_a_caller_without_any_sound_packets_is_silent(lab, tones, speaker):
    assert speaker.cause() == NOTHING
    assert speaker.record["routing_listen_silent"] == "x"


def test_who_hangs_up_in_a_phrase_leaves_nothing(lab, tones, speaker):
    speaker.says(hush(0.9) + sine(SALES_HZ, 0.6))
    assert records(lab)
    speaker.call.hang_up()


def test_without_an_engine_keys_follow_at_once(speaker):
    speaker.says(hush(0.9) + sine(SALES_HZ, 0.8) + hush(1.5))
    speaker.presses("1")
    speaker.says(hush(3))
    assert speaker.cause() == SALES
    assert time.monotonic() - speaker.began < 8


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP])
def test_an_engine_that_dies_or_hangs_in_a_phrase_leaves_nothing_and_keys_follow(lab, tones, speaker, sign):
    speaker.says(hush(0.9) + sine(SALES_HZ, 0.6))
    assert records(lab)
    tones.send(sign)
    speaker.says(hush(12))
    assert speaker.cause() == NOTHING
    assert "routing_option" not in speaker.record


def test_a_recogniser_that_hangs_is_killed_and_keys_follow(lab, speaker):
    with serves(lab, f"{SUPPORT / 'recogniser.py'} hangs") as engine:
        assert is_ready(engine)
        speaker.says(hush(0.9) + sine(SALES_HZ, 0.6) + hush(10))
        assert speaker.cause() == NOTHING
        assert speaker.record["routing_verdict"] == "failed recogniser english: no answer within 2 s"
        assert [line["state"] for line in engine.lines("recogniser")][:2] == ["ready", "down"]


def test_on_a_full_disk_keys_follow(lab, tones):
    folder = lab.switch.home / "recordings" / "listen"
    if folder.exists():
        folder.rmdir()  # nothing is in it
    with small_disk(folder, 1) as disk, lab.caller() as caller:
        fill(disk)
        speaker = Speaker(lab, caller)
        speaker.says(hush(0.9) + sine(SALES_HZ, 0.8) + hush(6))
        assert speaker.cause() == NOTHING
        assert speaker.record["routing_verdict"].startswith("failed recogniser english: ")
        assert recordings(lab) == []
