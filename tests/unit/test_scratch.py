"""Where releases that are thrown away are kept meanwhile."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from routing.cli.scratch import ROOM_BYTES, scratch


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture(autouse=True)
def usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)


def room(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free, 0, free))


def test_memory_is_used_and_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room(monkeypatch, ROOM_BYTES)
    with scratch("routing-", tmp_path) as made:
        (made / "file").write_text("kept")
        assert made.parent == tmp_path
    assert not list(tmp_path.iterdir())


def test_a_container_with_little_memory_uses_its_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room(monkeypatch, 64 << 20)
    with scratch("routing-", tmp_path) as made:
        assert made.parent != tmp_path


def test_a_system_without_such_a_folder_uses_its_disk(tmp_path: Path) -> None:
    with scratch("routing-", tmp_path / "none") as made:
        assert made.is_dir()


def test_tmpdir_is_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room(monkeypatch, ROOM_BYTES)
    monkeypatch.setenv("TMPDIR", "/usual")
    with scratch("routing-", tmp_path) as made:
        assert made.parent != tmp_path


@pytest.mark.parametrize("free", [64 << 20, ROOM_BYTES])
def test_a_tmpdir_where_no_release_can_be_is_not_used(
    free: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room(monkeypatch, free)
    (tmp_path / "a b").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "a b"))
    with scratch("routing-", tmp_path) as made:
        assert " " not in str(made)
