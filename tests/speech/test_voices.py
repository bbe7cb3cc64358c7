"""Voices are commands: what they write is cut to telephone sounds, what they do at their worst is told and bounded."""

from __future__ import annotations

import io
import shlex
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
import soundfile

from routing.model.spoken import Phrase, VoiceFault
from routing.speech import command
from routing.speech.audio import BadAudio, telephone
from routing.speech.voices import CommandVoices, say
from support import voice

VOICE = f"{shlex.quote(sys.executable)} {shlex.quote(voice.__file__)}"
HELLO = Phrase("en", "Good morning, how can we help?")


def wav(samples: numpy.ndarray, rate: int, subtype: str = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype=subtype)
    return file.getvalue()


def sine(rate: int, seconds: float = 1.0, hz: float = 440.0, loudness: float = 0.5) -> numpy.ndarray:
    return loudness * numpy.sin(2 * numpy.pi * hz * numpy.arange(round(rate * seconds)) / rate)


def loudest_hz(content: bytes) -> float:
    samples, rate = soundfile.read(io.BytesIO(content))
    assert samples.ndim == 1
    spectrum = numpy.abs(numpy.fft.rfft(samples))
    return float(numpy.argmax(spectrum)) * rate / len(samples)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 24000, 48000])
def test_a_voice_of_any_rate_becomes_two_telephone_files(rate: int) -> None:
    speech = telephone(wav(sine(rate), rate), HELLO)
    assert speech.seconds == 1.0
    for to in (8000, 16000):
        samples, found = soundfile.read(io.BytesIO(speech.files[to]))
        assert (found, abs(len(samples) - to) <= 2) == (to, True)
        assert abs(loudest_hz(speech.files[to]) - 440) < 2
        assert 0.4 < numpy.max(numpy.abs(samples)) < 0.6


def test_what_a_telephone_cannot_carry_does_not_come_back_as_another_tone() -> None:
    speech = telephone(wav(sine(48000) + sine(48000, hz=7000.0, loudness=0.3), 48000), HELLO)
    samples, rate = soundfile.read(io.BytesIO(speech.files[8000]))
    spectrum = numpy.abs(numpy.fft.rfft(samples)) / len(samples)
    mirrored = round((8000 - 7000) * len(samples) / rate)
    assert spectrum[mirrored - 3 : mirrored + 4].max() < 0.002


def test_two_channels_become_one_and_a_loud_voice_softer() -> None:
    both = numpy.stack([sine(16000, loudness=1.0), sine(16000, loudness=1.0)], axis=1)
    samples, _ = soundfile.read(io.BytesIO(telephone(wav(both, 16000, "FLOAT"), HELLO).files[16000]))
    assert samples.ndim == 1
    assert 0.88 < numpy.max(numpy.abs(samples)) <= 0.91


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "it wrote nothing: it must write a WAV file to its standard output"),
        (b"<html>Not found</html>", "it wrote no WAV file but b'<html>Not found</html>'"),
        (wav(sine(8000, 0.0), 8000), "its file holds 0.0 s of silence"),
        (wav(sine(8000, 2.0, loudness=0.0), 8000), "its file holds 2.0 s of silence"),
        (wav(sine(8000, 30.0), 8000), "its file is 30 s long, and 30 letters need 5 s at most"),
        (wav(numpy.full(8000, numpy.nan), 8000, "FLOAT"), "its file is broken: 8000 Hz"),
        (wav(sine(8000), 8000)[:30], "it wrote no WAV file but b'RIFF"),
    ],
    ids=["nothing", "page", "empty", "silence", "long", "nan", "cut"],
)
def test_what_is_no_speech_is_refused(content: bytes, fault: str) -> None:
    with pytest.raises(BadAudio) as told:
        telephone(content, HELLO)
    assert str(told.value).startswith(fault)


@pytest.mark.process
@pytest.mark.parametrize(
    ("fault", "told", "hint"),
    [
        ("dies", "it was killed by SIGKILL", ""),
        ("fails", "it ended with status 1: no model here", ""),
        ("nothing", "it wrote nothing: it must write a WAV file to its standard output", "try the command by hand"),
        ("page", "it wrote no WAV file but b'<html>not a WAV file</ht'", "try the command by hand"),
        ("silent", "its file holds 0.5 s of silence", "try the command by hand"),
        ("endless", "its file is 600 s long, and 30 letters need 5 s at most", "try the command by hand"),
    ],
)
def test_a_voice_that_fails_says_why(fault: str, told: str, hint: str) -> None:
    with pytest.raises(VoiceFault) as raised:
        say(HELLO, f"{VOICE} {fault}")
    assert (raised.value.fault, raised.value.phrase) == (told, HELLO)
    assert raised.value.hint.startswith(hint)


@pytest.mark.process
@pytest.mark.parametrize("fault", ["hangs", "'leaves a child'"])
def test_a_voice_that_hangs_is_ended_with_all_its_processes(fault: str, tmp_path: Path) -> None:
    marked = tmp_path / "hung-voice-of-a-test"
    with pytest.raises(command.CommandFault, match=r"it did not end within 1 s"):
        command.spoken(f"{VOICE} {fault} {marked}", "Hello", deadline_s=1)
    left = subprocess.run(["pgrep", "-f", str(marked)], capture_output=True, check=False, text=True)
    assert left.stdout == ""


@pytest.mark.process
def test_a_voice_that_writes_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "LARGEST_BYTES", 2_000_000)
    with pytest.raises(command.CommandFault, match=r"it wrote more than 2 MB"):
        command.spoken(f"{VOICE} flood", "Hello")


def test_a_missing_voice_is_told_before_any_text_is_spoken() -> None:
    with pytest.raises(VoiceFault) as raised:
        CommandVoices().speak([HELLO], {"en": "no-such-voice --fast"})
    assert raised.value.fault == "the program `no-such-voice` is not there"


def test_no_shell_runs_a_voice(tmp_path: Path) -> None:
    with pytest.raises(VoiceFault):
        say(HELLO, f"no-such-voice; touch {tmp_path}/made")
    assert not (tmp_path / "made").exists()


@pytest.mark.process
def test_many_texts_are_spoken_and_counted() -> None:
    texts = [Phrase("en", f"Text number {number}") for number in range(6)]
    seen: list[tuple[int, int]] = []
    spoken = CommandVoices(lambda done, total: seen.append((done, total))).speak(texts, {"en": VOICE})
    assert list(spoken) == texts
    assert seen == [(done, 6) for done in range(1, 7)]
    assert {round(speech.seconds, 1) for speech in spoken.values()} == {1.0}


@pytest.mark.process
def test_the_first_fault_ends_all_voices() -> None:
    texts = [Phrase("en", f"Text number {number}") for number in range(50)]
    with pytest.raises(VoiceFault, match="no model here"):
        CommandVoices().speak(texts, {"en": f"{VOICE} fails"})


def test_another_model_is_another_voice(tmp_path: Path) -> None:
    model, voices = tmp_path / "model.onnx", CommandVoices()
    model.write_bytes(b"one")
    before = voices.identity(f"no-such-voice --model {model}")
    assert voices.identity(f"no-such-voice --model {model}") == before
    model.write_bytes(b"two")
    assert voices.identity(f"no-such-voice --model {model}") != before
