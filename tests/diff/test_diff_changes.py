"""Each change of a small company has a folder: its files laid over `base`, and exactly what is told of it.

`ROUTING_GOLDEN=1` writes the expected outputs anew for reading.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli.diff import diff

HERE = Path(__file__).parent
CHANGES = sorted(path for path in HERE.iterdir() if path.is_dir() and (path / "why.txt").is_file())


def told(old: Path, new: Path, *more: str) -> str:
    """What the command says, folders called OLD and NEW."""
    run = CliRunner().invoke(diff, [str(old), str(new), "--from-day", "2026-11-22", *more])
    assert run.exception is None, run.output
    return re.sub(r"\d+ calls carried", "calls carried", run.output.replace(str(old), "OLD").replace(str(new), "NEW"))


def changed(change: Path, target: Path) -> Path:
    """The small company with a change: files of the change's folder over its own, those named in `gone.txt` removed."""
    shutil.copytree(HERE / "base", target)
    shutil.copytree(change, target, dirs_exist_ok=True)
    gone = target / "gone.txt"
    for name in gone.read_text().split() if gone.exists() else ():
        (target / name).unlink()
    return target


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_change_is_told_as_a_reviewer_reads_it(change: Path, tmp_path: Path) -> None:
    said = told(HERE / "base", changed(change, tmp_path / "new"))
    expected = change / "expected.txt"
    if os.environ.get("ROUTING_GOLDEN"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


def test_nothing_changed_is_no_call_changes(tmp_path: Path) -> None:
    said = told(HERE / "base", changed(HERE / "base", tmp_path / "new"))
    assert said.splitlines()[0] == "OLD -> NEW: 0 differences; 0 numbers could be concerned, calls carried."
    assert said.splitlines()[2:] == ["No call changes."]
