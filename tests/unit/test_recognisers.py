"""The engine's recognisers: asked, killed at their deadline with what they have started, and started anew."""

import os
import sys
from pathlib import Path

import gevent
import pytest

from routing.engine import caller_audio, recogniser, recogniser_protocol
from routing.engine.recogniser import NodeRecognisers
from routing.model.recognition import Recognised, RecogniserDown

SCRIPT = Path(__file__).parents[1] / "support" / "recogniser.py"
TONES = Path(__file__).parents[2] / "tools" / "recogniser_tones.py"


@pytest.fixture
def noted():
    return []


@pytest.fixture
def start(noted, monkeypatch):
    monkeypatch.setattr(recogniser, "BUDGET_SECONDS", 0.5)
    monkeypatch.setattr(recogniser, "_PAUSES_SECONDS", (0.01, 0.02))
    monkeypatch.setenv("ROUTING_ESL_PASSWORD", "secret")
    keeping = []

    def started(command, is_ready=True):
        node = NodeRecognisers({"english": command}, lambda *what: noted.append(what))
        keeping.append(gevent.spawn(node.of("english").keep_running))
        if is_ready:
            becomes(node, "ready")
        return node

    yield started
    gevent.killall(keeping)


def becomes(node, state):
    with gevent.Timeout(20):
        while not node.states()["english"].startswith(state):
            gevent.sleep(0.01)


def asked(node, audio, phrases=("sales", "support"), longest_s=5.0, budget_s=2.0):
    return node.recognise("english", "en", phrases, str(audio), longest_s, budget_s)


@pytest.fixture
def audio(tmp_path):
    file = tmp_path / "call.r16"
    file.write_bytes(bytes(320_000))
    return file


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_phrase_is_recognised_again_and_again(start, audio, noted):
    node = start(f"{sys.executable} {SCRIPT} well")
    assert [asked(node, audio) for _ in range(3)] == [Recognised("sales", 1.0)] * 3
    assert noted == [("english", "ready", "")]


@pytest.mark.parametrize("fault", ["hangs", "dies", "garbage", "flood", "half", "nested", "NaN"])
def test_one_that_fails_is_killed_and_started_anew(start, audio, tmp_path, fault, noted):
    node = start(f"{sys.executable} {SCRIPT} {fault} {tmp_path / 'pid'}")
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(RecogniserDown, match=r"no answer|wrong answer"):
        asked(node, audio)
    assert not is_alive(pid)
    becomes(node, "ready")
    assert [state for _, state, _ in noted] == ["ready", "down", "ready"]


def test_no_call_gets_the_answer_to_another(start, audio):
    node, heard = start(f"{sys.executable} {SCRIPT} twice"), []
    for phrases in (("sales", "extra"), ("support", "extra"), ("delivery", "extra")):
        becomes(node, "ready")
        try:
            heard.append(asked(node, audio, phrases).text)
        except RecogniserDown as problem:
            heard.append(str(problem))
    assert heard == ["sales", "a wrong answer: ValueError", "delivery"]


def test_a_confidence_beyond_any_number_is_a_sure_one(start, audio):
    assert asked(start(f"{sys.executable} {SCRIPT} huge"), audio) == Recognised("sales", 1.0)


def test_what_it_has_started_is_killed_with_it(start, audio, tmp_path):
    node = start(f"{sys.executable} {SCRIPT} 'leaves a child' {tmp_path / 'pid'}")
    pids = list(map(int, (tmp_path / "pid").read_text().split()))
    with pytest.raises(RecogniserDown):
        asked(node, audio)
    with gevent.Timeout(10):
        while any(map(is_alive, pids)):
            gevent.sleep(0.01)


def test_a_call_that_waits_for_others_has_its_own_deadline_and_the_process_lives(start, audio, monkeypatch):
    monkeypatch.setattr(recogniser, "BUDGET_SECONDS", 600)
    node = start(f"{sys.executable} {SCRIPT} hangs")
    waiting = [gevent.spawn(asked, node, audio, budget_s=0.1) for _ in range(3)]
    gevent.joinall(waiting)
    assert {str(each.exception) for each in waiting} == {"no answer within 0.1 s"}
    assert node.states() == {"english": "ready"}


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("/nowhere/recogniser", "it cannot be started: No such file"),
        ("false", "it ended before it was ready"),
        ("'", "it cannot be"),
        (f"{sys.executable} {SCRIPT} 'nested at its start'", "it did not write"),
    ],
)
def test_one_that_cannot_start_says_so(start, audio, command, why, noted):
    node = start(command, is_ready=False)
    becomes(node, why)
    with pytest.raises(RecogniserDown, match=why):
        asked(node, audio)
    assert noted[0][:2] == ("english", "down")


def test_an_unknown_one_is_down(audio):
    with pytest.raises(RecogniserDown, match="serve with --recogniser"):
        NodeRecognisers({}, print).recognise("english", "en", ["sales"], str(audio), 5.0, 2.0)


def test_it_knows_nothing_of_the_engines_secrets(start, monkeypatch):
    started = []
    monkeypatch.setattr(
        recogniser_protocol.json,
        "loads",
        lambda line, load=recogniser_protocol.json.loads: started.append(load(line)) or load(line),
    )
    start(f"{sys.executable} {SCRIPT} well")
    assert started[0] == {"ready": True, "secrets": False}


@pytest.mark.parametrize("content", [None, b"", b"x"])
def test_without_a_recording_nothing_is_recognised(start, audio, content):
    node = start(f"{sys.executable} {SCRIPT} well")
    audio.unlink() if content is None else audio.write_bytes(content)
    with pytest.raises(RecogniserDown, match="recording of the caller"):
        asked(node, audio)


def test_only_the_end_of_a_recording_is_read_and_no_link_is_followed(audio, tmp_path):
    audio.write_bytes(bytes(64_000) + b"\1\2" * 32_000)
    assert caller_audio.last_seconds(str(audio), 2.0) == b"\1\2" * 32_000
    os.symlink(audio, tmp_path / "link.r16")
    with pytest.raises(RecogniserDown):
        caller_audio.last_seconds(str(tmp_path / "link.r16"), 2.0)


def test_the_recogniser_of_tones_tells_phrases_other_sounds_and_silence(start, audio):
    import numpy

    node = start(f"{sys.executable} {TONES}")
    heard = []
    for hertz in (500, 600, 950, 0):
        wave = 8000 * numpy.sin(2 * numpy.pi * hertz * numpy.arange(16_000) / 16_000)
        audio.write_bytes(wave.astype("<i2").tobytes())
        heard.append(asked(node, audio).text)
    assert heard == ["sales", "support", "something else", ""]
