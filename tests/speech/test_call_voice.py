"""The engine's voice: files that FreeSWITCH may read and nobody may list, deadlines, faults, what is left behind."""

from __future__ import annotations

import io
import os
import shlex
import stat
import sys
import time
from pathlib import Path

import gevent
import pytest
import soundfile

from routing.engine import speaking
from routing.engine.speaking import AT_ONCE, KEPT_SECONDS, CallVoice
from routing.http.breaker import FAILURES_TO_OPEN, Breaker
from routing.model.spoken import Phrase, VoiceFault
from support import voice
from support.processes import launch

VOICE = f"{shlex.quote(sys.executable)} {shlex.quote(voice.__file__)}"
ORDER = Phrase("en", "Order four seven is on its way.")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def spoken(tmp_path: Path, clock: Clock) -> CallVoice:
    return CallVoice(tmp_path, Breaker(clock), clock)


def test_a_text_is_a_file_that_freeswitch_may_read(spoken: CallVoice, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        name = spoken(ORDER, VOICE, 10.0)
    finally:
        os.umask(before)
    file = tmp_path / "speech" / f"{name}.wav"
    samples, rate = soundfile.read(io.BytesIO(file.read_bytes()))
    assert (rate, round(len(samples) / rate)) == (16000, 2)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o711
    assert spoken(ORDER, VOICE, 10.0) != name


@pytest.mark.parametrize(("fault", "why"), [
    ("dies", "it was killed by SIGKILL"),
    ("fails", "it ended with status 1: no model here"),
    ("nothing", "it wrote nothing: it must write a WAV file to its standard output"),
    ("page", "it wrote no WAV file but"),
    ("silent", "of silence"),
    ("hangs", "it did not end within"),
])  # fmt: skip
def test_a_voice_at_its_worst_leaves_no_file(fault: str, why: str, spoken: CallVoice, tmp_path: Path) -> None:
    with pytest.raises(VoiceFault, match=why):
        spoken(ORDER, f"{VOICE} {fault}", 20.0 if fault != "hangs" else 0.3)
    assert list(tmp_path.rglob("*.wav")) == []


def test_a_program_that_is_not_there_and_no_time(spoken: CallVoice) -> None:
    with pytest.raises(VoiceFault, match="the program `no-such-voice` is not there"):
        spoken(ORDER, "no-such-voice --stdin", 1.0)
    with pytest.raises(VoiceFault, match="no time was left"):
        spoken(ORDER, VOICE, 0.0)


def test_a_voice_that_fails_again_and_again_rests(spoken: CallVoice, clock: Clock) -> None:
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(VoiceFault, match="is not there"):
            spoken(ORDER, "no-such-voice", 1.0)
    with pytest.raises(VoiceFault, match="not asked after 5 failures in a row"):
        spoken(ORDER, "no-such-voice", 1.0)
    clock.now += 60
    with pytest.raises(VoiceFault, match="is not there"):
        spoken(ORDER, "no-such-voice", 1.0)


def test_a_voice_without_time_has_not_failed(spoken: CallVoice) -> None:
    for _ in range(FAILURES_TO_OPEN + 1):
        with pytest.raises(VoiceFault, match="no time was left"):
            spoken(ORDER, VOICE, 0.01)
    assert spoken(ORDER, VOICE, 10.0)


def test_hung_voices_hold_nobody_past_their_own_deadline(spoken: CallVoice) -> None:
    spoken._clock = time.monotonic
    hung = [gevent.spawn(spoken, ORDER, f"{VOICE} hangs", 1.0) for _ in range(AT_ONCE + 2)]
    gevent.sleep(0)
    with pytest.raises(VoiceFault, match="no time was left"):
        spoken(ORDER, VOICE, 0.2)
    assert not any(each.ready() for each in hung)
    gevent.joinall(hung)
    assert spoken(ORDER, VOICE, 20.0)


def test_a_call_that_is_gone_leaves_no_place_taken(spoken: CallVoice) -> None:
    for _ in range(AT_ONCE):
        gone = gevent.spawn(spoken, ORDER, f"{VOICE} hangs", 0.3)
        gevent.sleep(0)
        gone.kill()
    spoken._clock = time.monotonic
    assert spoken(ORDER, VOICE, 20.0)


def test_many_calls_at_once_put_no_healthy_voice_to_rest(spoken: CallVoice) -> None:
    spoken._clock = time.monotonic
    hung = [gevent.spawn(spoken, ORDER, f"{VOICE} hangs", 1.0) for _ in range(AT_ONCE)]
    gevent.sleep(0)
    many = [gevent.spawn(spoken, ORDER, VOICE, 0.6) for _ in range(FAILURES_TO_OPEN * 2)]
    gevent.joinall(many)
    assert {str(each.exception) for each in many} == {"no time was left"}
    gevent.joinall(hung)
    assert spoken(ORDER, VOICE, 20.0)


def test_a_voice_knows_nothing_of_the_engine_s_secrets(spoken: CallVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTING_REDIS", "redis://:password@redis/0")
    with pytest.raises(VoiceFault, match="knows none"):
        spoken(ORDER, f"{VOICE} 'tells secrets'", 20.0)


@pytest.mark.parametrize(("fault", "reason"), [
    ("repeats", "it ended with status 3"),
    ("page", "it wrote no WAV file"),
])  # fmt: skip
def test_a_reason_repeats_nothing_that_a_voice_has_written(fault: str, reason: str, spoken: CallVoice) -> None:
    with pytest.raises(VoiceFault) as raised:
        spoken(ORDER, f"{VOICE} {fault}", 20.0)
    assert raised.value.reason == reason


def test_what_cannot_be_run_is_a_fault_like_others(spoken: CallVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_left(name: str) -> int:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(os, "memfd_create", nothing_left)
    with pytest.raises(VoiceFault, match="it could not be run: OSError"):
        spoken(ORDER, VOICE, 20.0)


KILLED = """
import sys
from pathlib import Path
from routing.engine.speaking import CallVoice
from routing.http.breaker import Breaker
from routing.model.spoken import Phrase
CallVoice(Path(sys.argv[1]), Breaker(lambda: 0.0))(Phrase("en", "Order"), sys.argv[2], 600.0)
"""


def test_a_voice_ends_with_an_engine_that_is_killed(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    engine = launch([sys.executable, "-c", KILLED, str(tmp_path), f"{VOICE} hangs {pid}"])
    with gevent.Timeout(60):
        while not (pid.exists() and pid.read_text()):
            gevent.sleep(0.01)
        engine.kill()
        engine.wait()
        while Path(f"/proc/{pid.read_text()}/cmdline").exists():
            gevent.sleep(0.01)


def test_a_folder_that_cannot_be_written(spoken: CallVoice, tmp_path: Path) -> None:
    (tmp_path / "speech").write_text("a file where the folder belongs", "utf-8")
    with pytest.raises(VoiceFault, match=r"its file cannot be written: (Not a directory|File exists)"):
        spoken(ORDER, VOICE, 10.0)


def test_a_full_disk_leaves_no_half_file(spoken: CallVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path, content: bytes) -> None:
        with file.open("wb") as out:
            out.write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(speaking, "_write", full)
    with pytest.raises(VoiceFault, match="No space left on device"):
        spoken(ORDER, VOICE, 10.0)
    assert list(tmp_path.rglob("*.wav")) == []


def test_other_calls_are_decided_while_a_voice_speaks(spoken: CallVoice) -> None:
    turns = 0

    def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            gevent.sleep(0)

    beside = gevent.spawn(others)
    spoken(ORDER, VOICE, 10.0)
    beside.kill()
    assert turns > 10


def test_old_files_are_removed_and_nothing_else(spoken: CallVoice, tmp_path: Path) -> None:
    spoken.forget(1e9)  # without a folder
    folder = tmp_path / "speech"
    folder.mkdir()
    old, new, other = (folder / name for name in (f"{'a' * 32}.wav", f"{'b' * 32}.wav", "mine.wav"))
    for file in (old, new, other):
        file.write_bytes(b"RIFF")
        os.utime(file, (1000.0, 1000.0))
    os.utime(new, (1000.0 + KEPT_SECONDS,) * 2)
    spoken.forget(1001.0 + KEPT_SECONDS)
    assert sorted(folder.iterdir()) == [new, other]


def test_no_link_is_followed(spoken: CallVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder, kept = tmp_path / "speech", elsewhere / f"{'a' * 32}.wav"
    kept.write_bytes(b"RIFF")
    os.utime(kept, (1000.0, 1000.0))
    folder.symlink_to(elsewhere)
    with pytest.raises(VoiceFault, match="its file cannot be written: its folder is a link"):
        spoken(ORDER, VOICE, 10.0)
    spoken.forget(1001.0 + KEPT_SECONDS)
    assert list(elsewhere.iterdir()) == [kept]
    folder.unlink()
    folder.mkdir()
    monkeypatch.setattr(speaking.secrets, "token_hex", lambda _: "b" * 32)
    (folder / f"{'b' * 32}.wav").symlink_to(kept)
    with pytest.raises(VoiceFault, match="its file cannot be written: File exists"):
        spoken(ORDER, VOICE, 10.0)
    assert kept.read_bytes() == b"RIFF"
