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

pytestmark = pytest.mark.thorough

HERE = Path(__file__).parent
CHANGES = sorted(path for path in HERE.iterdir() if path.is_dir() and (path / "why.txt").is_file())


def told(old: Path, new: Path, *more: str) -> str:
    """What the command says, folders called OLD and NEW."""
    run = CliRunner().invoke(diff, [str(old), str(new), "--from-day", "2026-11-22", *more])
    assert run.exception is None, run.output
    return re.sub(r"\d+ calls run", "calls run", run.output.replace(str(old), "OLD").replace(str(new), "NEW"))


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
    assert said.splitlines()[0] == "OLD -> NEW: 0 differences; 0 numbers may be affected, calls run."
    assert said.splitlines()[2:] == ["No call changes."]


def test_every_number_is_called_as_usual_before_any_call_is_varied(tmp_path: Path) -> None:
    """A calendar that ten branches share: whoever reads of its change must see each of them."""
    old, new = tmp_path / "old", tmp_path / "new"
    shutil.copytree(HERE / "base", old)
    numbers = [f"+38057000060{branch}" for branch in range(10)]
    for branch, number in enumerate(numbers):
        closed = "{hours: {closed: [{voicemail: {box: night}}]}}"
        steps = f"[{closed}, {{ring: [ivan, olena]}}, {{ring: petro}}, {{voicemail: {{box: branch_{branch}}}}}]"
        text = f'scheme: branch_{branch}\nnumbers: ["{number}"]\nhours: office\nsteps: {steps}\n'
        (old / f"branch_{branch}.yaml").write_text(text)
    shutil.copytree(old, new)
    shutil.copy(HERE / "closing_hour/company.yaml", new)
    said = told(old, new, "--calls", "200")
    assert "in part, the limit of calls was reached" in said
    assert [number for number in numbers if number not in said.partition("Not explored")[0]] == []


def test_a_comment_is_never_too_long_to_be_posted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = changed(HERE / "webhook_added", tmp_path / "new")
    whole = told(HERE / "base", new, "--format", "markdown", "--verbose")
    monkeypatch.setattr("routing.diff.report.MOST_CHARACTERS", 2_000)
    short = told(HERE / "base", new, "--format", "markdown", "--verbose")
    assert len(whole) > 4_000 and "this comment is full" not in whole
    assert len(short) < 2_300
    assert re.search(r"\.\.\. and \d+ more: this comment is full\.", short)
    assert "<summary>Not explored</summary>" in short
