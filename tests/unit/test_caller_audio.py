"""What a caller has said stays nowhere, though FreeSWITCH was killed while it wrote it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from routing.engine.caller_audio import LOOKS_SECONDS, ORPHANED_SECONDS, Orphans

CALLS = [f"{digit * 8}-0000-4000-8000-000000000000.r16" for digit in "abcd"]
NOW = 1_700_000_000.0


def left(folder: Path, name: str, age_s: float) -> Path:
    file = folder / name
    file.write_bytes(b"words")
    os.utime(file, (NOW - age_s, NOW - age_s))
    return file


def test_old_files_go_and_nothing_else(tmp_path: Path) -> None:
    old, new = left(tmp_path, CALLS[0], ORPHANED_SECONDS + 1), left(tmp_path, CALLS[1], 10)
    others = [left(tmp_path, name, 1e6) for name in ("notes.txt", "mine.r16", f"{CALLS[2]}.bak")]
    Orphans().forget(str(tmp_path / CALLS[1]), NOW)
    assert sorted(tmp_path.iterdir()) == sorted([new, *others])
    assert not old.exists()


def test_the_folder_is_looked_through_now_and_then(tmp_path: Path) -> None:
    orphans, audio = Orphans(), str(tmp_path / CALLS[0])
    orphans.forget(audio, NOW)
    file = left(tmp_path, CALLS[1], 1e6)
    orphans.forget(audio, NOW + LOOKS_SECONDS - 1)
    assert file.exists()
    orphans.forget(audio, NOW + LOOKS_SECONDS)
    assert not file.exists()


def test_a_link_is_removed_not_what_it_leads_to(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "listen", left(tmp_path, "recording.wav", 1e6)
    folder.mkdir()
    link = folder / CALLS[0]
    link.symlink_to(elsewhere)
    os.utime(link, (NOW - 1e6, NOW - 1e6), follow_symlinks=False)
    Orphans().forget(str(folder / CALLS[1]), NOW)
    assert not link.is_symlink()
    assert elsewhere.exists()


def test_a_folder_that_is_away_is_no_fault(tmp_path: Path) -> None:
    Orphans().forget(str(tmp_path / "nowhere" / CALLS[0]), NOW)


def test_files_that_somebody_else_removes_meanwhile_are_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [left(tmp_path, name, 1e6) for name in CALLS]
    unlink = os.unlink

    def both(path: str) -> None:
        for file in files:
            if file.exists():
                unlink(file)
        unlink(path)

    monkeypatch.setattr(os, "unlink", both)
    Orphans().forget(str(files[0]), NOW)
    assert list(tmp_path.iterdir()) == []
