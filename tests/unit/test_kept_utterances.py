"""What callers say is kept whole, beside recordings, until its day; or nothing is left of it, whatever fails."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Event

import pytest

from routing.decide import listen
from routing.engine import kept_utterances
from routing.engine.kept_utterances import keep
from routing.engine.recogniser import NodeRecognisers
from routing.journal.utterance_files import found
from routing.model.call import Call
from routing.model.recognition import BYTES_A_SECOND, Recognised
from routing.model.utterance import MOST, day_of, end_of, facts_in, folder_of, is_utterance, wave
from routing.model.utterance_facts import UtteranceFacts
from support.decision_ports import given
from support.switchbed.recorded import read

CALL = "0b8de5f4-52c5-4ff2-8f6c-5d9a1f7a1c11"
NOW = 1_800_000_000.0
FACTS = UtteranceFacts(NOW, NOW + 14 * 86_400, "I'd like – ціна", 0.4, "", "english", "en", "main", "1")
SAMPLES = b"\1\2" * BYTES_A_SECOND
STEP = {
    "language": "en", "phrases": {"en": {"new order": "sales"}}, "recognisers": {"en": "english"}, "confidence": 0.5,
    "keep_s": 86_400,
}  # fmt: skip


@pytest.fixture
def audio(tmp_path: Path) -> str:
    """FreeSWITCH's file, in a folder whose name has a space."""
    file = tmp_path / "our recordings" / "listen" / f"{CALL}.r16"
    file.parent.mkdir(parents=True)
    return str(file)


def files(audio: str) -> list[str]:
    folder = Path(audio).parents[1] / "utterances"
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_samples_and_what_was_heard_are_one_file(audio: str) -> None:
    assert keep(audio, SAMPLES, FACTS) == ""
    (one,) = found(audio)
    assert (one.heard_at, one.until, one.heard, one.confidence) == (FACTS.heard_at, FACTS.until, FACTS.heard, 0.4)
    assert (one.option, one.recogniser, one.language, one.scheme, one.step) == ("", "english", "en", "main", "1")
    sound = read(Path(one.path))
    assert (sound.rate, sound.seconds, len(sound.sides)) == (16_000, 2.0, 1)
    assert Path(one.path).read_bytes().endswith(SAMPLES)
    assert is_utterance(folder_of(audio) / Path(one.path).relative_to(folder_of(audio)))  # type: ignore[operator]
    assert os.stat(one.path).st_mode & 0o007 == 0, "others may read it"


def test_phrases_of_a_call_are_counted_and_bounded(audio: str) -> None:
    assert [keep(audio, b"", FACTS) for _ in range(MOST)] == [""] * MOST
    assert keep(audio, SAMPLES, FACTS) == f"{MOST} of this call are kept already"
    assert len(found(audio)) == len(files(audio)) == MOST


def test_a_call_over_midnight_has_both_days(audio: str) -> None:
    for until in (NOW, NOW + 86_400):
        keep(audio, b"", UtteranceFacts(until - 1, until, "sales"))
    assert [Path(each.path).parent.name for each in found(audio)] == [day_of(NOW), day_of(NOW + 86_400)]


@pytest.mark.parametrize("cut", [0, 20, 60, 200, 2000])
def test_a_file_that_was_cut_off_still_has_its_day(audio: str, cut: int) -> None:
    keep(audio, SAMPLES, FACTS)
    (one,) = found(audio)
    os.truncate(one.path, cut)
    (one,) = found(audio)
    assert 0 < one.until <= end_of(day_of(FACTS.until))
    assert one.heard in ("", FACTS.heard)


DAMAGED = [b"ICMT", b"ICMT\xff\xff\xff\xff[]", b'ICMT\x10\0\0\0{"until": "soon"}', b'ICMT\xff\0\0\0{"until": NaN}']


@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_facts_are_none(content: bytes) -> None:
    assert facts_in(content) == UtteranceFacts()


def test_a_file_cannot_say_that_it_stays_longer_than_its_day(audio: str) -> None:
    keep(audio, b"", FACTS)
    (one,) = found(audio)
    Path(one.path).write_bytes(wave(b"", UtteranceFacts(NOW, NOW * 2, "sales")))
    assert found(audio)[0].until == end_of(day_of(FACTS.until))


def test_links_and_other_files_are_not_read(audio: str, tmp_path: Path) -> None:
    day = Path(audio).parents[1] / "utterances" / day_of(FACTS.until)
    day.mkdir(parents=True)
    (tmp_path / "elsewhere.wav").write_bytes(wave(SAMPLES, FACTS))
    (day / f"{CALL}-1.wav").symlink_to(tmp_path / "elsewhere.wav")
    assert found(audio) == ()


@pytest.mark.parametrize(
    "audio", ["", "/", "/a.r16", "relative/listen/x.r16", "/rec/listen/../../x.r16", "/rec/calls/x.wav"]
)
def test_other_paths_have_no_folder(audio: str) -> None:
    assert folder_of(audio) is None and found(audio) == ()
    assert keep(audio, SAMPLES, FACTS)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_costs_the_file_and_leaves_nothing(
    audio: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(samples: bytes, facts: UtteranceFacts) -> bytes:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(kept_utterances, "wave", half)
    assert keep(audio, SAMPLES, FACTS) == os.strerror(number)
    assert files(audio) == []


def test_a_folder_that_cannot_be_written_costs_the_file(audio: str) -> None:
    (Path(audio).parents[1] / "utterances").write_text("no folder")
    assert keep(audio, SAMPLES, FACTS) == "Not a directory"


def test_a_disk_that_hangs_is_not_waited_for_and_its_file_goes(audio: str, monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on, is_done, real = Event(), Event(), kept_utterances.wave

    def slow(samples: bytes, facts: UtteranceFacts) -> bytes:
        goes_on.wait(30)
        return real(samples, facts)

    def ended(*words: object) -> str:
        try:
            return _why_not(*words)  # type: ignore[arg-type]
        finally:
            is_done.set()

    _why_not = kept_utterances._why_not
    monkeypatch.setattr(kept_utterances, "wave", slow)
    monkeypatch.setattr(kept_utterances, "_why_not", ended)
    monkeypatch.setattr(kept_utterances, "DISK_SECONDS", 0.01)
    assert keep(audio, SAMPLES, FACTS) == "the disk takes longer than 0.01 s"
    goes_on.set()
    assert is_done.wait(30)
    assert files(audio) == []


def test_the_engine_says_once_why_it_keeps_none_and_once_that_it_does_again(audio: str) -> None:
    told: list[str] = []
    node = NodeRecognisers({}, lambda *_: None, told.append)
    folder = Path(audio).parents[1] / "utterances"
    folder.write_text("no folder")
    assert [node.keep(audio, SAMPLES, FACTS) for _ in range(3)] == ["Not a directory"] * 3
    folder.unlink()
    assert [node.keep(audio, SAMPLES, FACTS) for _ in range(2)] == ["", ""]
    assert told == ["Not a directory", ""]


class Recogniser:
    """Hears one thing; ``why_not``: what hinders the disk."""

    def __init__(self, text: str, confidence: float, why_not: str = "") -> None:
        self.heard, self.why_not = Recognised(text, confidence, SAMPLES), why_not
        self.kept: list[tuple[str, bytes, UtteranceFacts]] = []

    def recognise(self, *_: object) -> Recognised:
        return self.heard

    def keep(self, audio: str, samples: bytes, facts: UtteranceFacts) -> str:
        self.kept.append((audio, samples, facts))
        return self.why_not


CALLER = Call(CALL, "/r", "main", "1", "+380441230001", "+380671234567", audio="/rec/listen/a.r16")


@pytest.mark.parametrize(
    ("text", "confidence", "option", "reason"),
    [
        ("new order", 0.9, "sales", "sales, confidence 0.90, kept"),
        ("new order", 0.3, "sales", "sales with too low a confidence 0.30, kept"),
        ("a pizza", 0.9, "", "no option, confidence 0.90, kept"),
        (" ", 0.0, "", "no words, kept"),
    ],
)
def test_whatever_was_heard_is_kept(text: str, confidence: float, option: str, reason: str) -> None:
    ears = Recogniser(text, confidence)
    verdict = listen.answer(STEP, CALLER, given(recognisers=ears, now=lambda: NOW))
    assert verdict.reason == reason
    ((audio, samples, facts),) = ears.kept
    assert (audio, samples) == (CALLER.audio, SAMPLES)
    expected = UtteranceFacts(NOW, NOW + 86_400, text.strip(), confidence, option, "english", "en", "main", "1")
    assert facts == expected


def test_nothing_is_kept_where_the_project_does_not_ask_for_it() -> None:
    ears = Recogniser("new order", 0.9)
    step = {name: value for name, value in STEP.items() if name != "keep_s"}
    assert listen.answer(step, CALLER, given(recognisers=ears)).reason == "sales, confidence 0.90"
    assert ears.kept == []


def test_a_disk_that_fails_does_not_change_the_choice() -> None:
    ears = Recogniser("new order", 0.9, "No space left on device")
    verdict = listen.answer(STEP, CALLER, given(recognisers=ears, now=lambda: NOW))
    assert verdict.reason == "sales, confidence 0.90, not kept: No space left on device"
    assert str(verdict.decision) == str(listen.answer(STEP | {"keep_s": 0}, CALLER, given(recognisers=ears)).decision)
