"""What is a message: callers who hang up at the tone, say nothing, or leave no file have left none."""

import json
import math
import os
import wave
from array import array

import pytest
from click.testing import CliRunner

from routing.cli.journal import journal
from routing.journal import sound
from routing.model.message import LEAST, LEAST_SECONDS, least_seconds
from support.journal_bed import CDR

RATE = 8000
CASE = "voicemail_unconfirmed_mobile"
UUID = next(file.name[2:38] for file in (CDR / CASE).iterdir() if file.name.startswith("a_"))


def samples(*parts, rate=RATE, channels=1) -> bytes:
    """Tones of 400 Hz after each other: (seconds, amplitude)."""
    sound = b""
    for seconds, amplitude in parts:
        length = 2 * channels * int(seconds * rate)
        wave_ = (int(amplitude * math.sin(n / rate * 2 * math.pi * 400)) for n in range(rate // 400))
        once = array("h", (value for value in wave_ for _ in range(channels))).tobytes()
        sound += (once * (length // len(once) + 1))[:length]
    return sound


def write(path, *parts, rate=RATE, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples(*parts, rate=rate, channels=channels))
    return str(path)


@pytest.mark.parametrize(
    ("parts", "is_one"),
    [
        ([(0, 0)], False),
        ([(0.42, 9000)], False),  # the shared case: hung up at the tone
        ([(1.9, 9000)], False),
        ([(2.1, 9000)], True),
        ([(1, 9000), (6, 0)], True),  # a word, then silence ended it
        ([(6, 0)], False),
        ([(120, 0)], False),
        ([(6, 40)], False),  # a quiet line
        ([(1, 40), (0.1, 20_000), (5, 40)], False),  # a click
        ([(3, 40), (1, 3000), (1, 40)], True),
        ([(5, 0), (1, 3000)], True),  # who begins late
    ],
)
def test_length_and_what_is_heard(tmp_path, parts, is_one):
    assert sound.is_message(write(tmp_path / "a.wav", *parts), LEAST_SECONDS) is is_one


@pytest.mark.parametrize(("rate", "channels"), [(8000, 2), (16_000, 1), (48_000, 2)])
def test_other_rates_and_two_channels(tmp_path, rate, channels):
    path = tmp_path / "a.wav"
    assert sound.is_message(write(path, (3, 9000), rate=rate, channels=channels), 2)
    assert not sound.is_message(write(path, (1.5, 9000), rate=rate, channels=channels), 2)
    assert not sound.is_message(write(path, (4, 0), rate=rate, channels=channels), 2)


def test_a_file_that_freeswitch_did_not_live_to_close(tmp_path):
    path = tmp_path / "a.wav"
    write(path, (0, 0))
    path.write_bytes(path.read_bytes()[:44] + samples((3, 9000)))
    assert sound.is_message(str(path), 2) and not sound.is_message(str(path), 4)


def test_what_cannot_be_read_is_kept(tmp_path):
    path = tmp_path / "a.wav"
    for content in (
        b"ID3" + bytes(5000),
        b"RIFF",
        b"RIFFxxxxWAVE" + bytes(500),
        b"RIFFxxxxWAVEfmt \x10\0\0\0\7" + bytes(99),
    ):
        path.write_bytes(content)
        assert sound.is_message(str(path), 2) is (len(content) > sound.EMPTY_BYTES)


def test_what_is_no_file_is_no_message(tmp_path):
    os.mkfifo(tmp_path / "fifo.wav")
    (tmp_path / "link.wav").symlink_to("/dev/zero")
    for path in (tmp_path / "fifo.wav", tmp_path / "link.wav", tmp_path, tmp_path / "none.wav", "/dev/zero", "a\0b"):
        assert not sound.is_message(str(path), 2)


@pytest.mark.parametrize(("said", "least"), [("", 2), ("5", 5), ("0", 0), ("x", 2), ("-1", 2), ("9" * 9, 2), ("²", 2)])
def test_the_shortest_message(said, least):
    assert least_seconds({LEAST: said} if said else {}) == least


@pytest.mark.parametrize(
    ("parts", "status"), [([(0.42, 9000)], "no answer"), ([(7, 0)], "no answer"), ([(3, 9000)], "voicemail")]
)
def test_the_journal_keeps_messages_and_removes_other_recordings(bed, parts, status):
    recording, beside = bed.folder / f"{UUID}.wav", bed.folder / "other.wav"
    for path in (recording, beside):
        write(path, *parts)
    (name,) = (name for name in bed.put(CASE) if name.startswith("a_"))
    told = json.loads((bed.spool / name).read_text())
    told["variables"]["routing_voicemail"] = str(recording)
    (bed.spool / name).write_text(json.dumps(told))
    words = ["--spool", str(bed.spool), "--database", bed.database, "--once"]
    assert CliRunner().invoke(journal, words, catch_exceptions=False).exit_code == 0
    (row,) = bed.rows("calls")
    assert status in row and (str(recording) in row) is recording.exists() is (status == "voicemail")
    assert beside.exists()


def test_only_a_calls_own_sound_is_removed(tmp_path):
    for name in ("0815.wav", "other.wav", "0815.txt"):
        path = tmp_path / name
        path.touch()
        sound.remove("0815", str(path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0815.txt", "other.wav"]
    sound.remove("", str(tmp_path / "other.wav"))
    assert (tmp_path / "other.wav").exists()


LEG = "39347633-0069-4d2c-add6-d2902a99afff"


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        (f"calls/{LEG}.wav", True),  # a room's, or that of the leg which a callback rang first
        (f"calls/{LEG}.wav.age", False),
        (f"elsewhere/{LEG}.wav", False),
        (f"voicemail/shop/{LEG}.wav", False),
        ("calls/other.wav", False),
        ("calls/0815.wav", True),
    ],
)
def test_which_recording_is_a_calls(tmp_path, path, is_ours):
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.touch()
    assert sound.is_of("0815", str(file)) is is_ours
    assert not sound.is_of("", str(file))
    sound.remove("0815", str(file))
    assert file.exists() is not is_ours
