"""Whether somebody reads a folder is seen from outside, also after they were killed."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from routing.process.presence import FILE, ReadingMark, reader


@pytest.fixture
def presence(tmp_path: Path):
    presence = ReadingMark(tmp_path)
    presence.begin()
    yield presence
    presence.end()


def test_it_is_seen_until_it_ends(presence: ReadingMark, tmp_path: Path) -> None:
    assert reader(tmp_path) and reader(tmp_path)
    presence.end()
    assert reader(tmp_path) is None
    presence.say("after its end")


def test_what_it_cannot_do_is_seen_too(presence: ReadingMark, tmp_path: Path) -> None:
    for fault in ("the secret A is not set", "", "no space left on device"):
        presence.say(fault)
        found = reader(tmp_path)
        assert found and found.fault == fault


def test_one_of_two_is_enough(presence: ReadingMark, tmp_path: Path) -> None:
    second = ReadingMark(tmp_path)
    second.begin()
    presence.end()
    assert reader(tmp_path)
    second.end()
    assert reader(tmp_path) is None


def test_who_is_stalled_while_they_look_hides_nobody(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    presence = ReadingMark(tmp_path)
    with (tmp_path / FILE).open() as looking:
        fcntl.flock(looking, fcntl.LOCK_EX)
        presence.begin()
    presence.say("")
    assert reader(tmp_path)
    presence.end()


def test_who_looks_hinders_nobody_who_begins(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    assert reader(tmp_path) is None
    presence = ReadingMark(tmp_path)
    presence.begin()
    assert reader(tmp_path)
    presence.end()


def test_a_killed_process_is_seen_no_more(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from routing.process.presence import ReadingMark\n"
        "ReadingMark(Path(sys.argv[1])).begin(); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == -9
    assert (tmp_path / FILE).exists()
    assert reader(tmp_path) is None


def test_what_is_no_file_of_ours(tmp_path: Path) -> None:
    os.symlink("/etc/hostname", tmp_path / FILE)
    with pytest.raises(OSError):
        reader(tmp_path)
    ReadingMark(tmp_path).begin()
    assert os.path.islink(tmp_path / FILE)
    assert reader(tmp_path / "missing") is None
