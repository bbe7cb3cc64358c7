"""Hand-made dumps in the real table layouts: the projects that come of them, file by file, of ``make golden``."""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group

HERE = Path(__file__).parent
DUMPS = ["fusionpbx_4", "fusionpbx_5", "freepbx_15", "freepbx_16", "freepbx_17"]
SHEETS = [HERE / "sheets" / name for name in ("people.csv", "numbers.csv")]
#: What every project has, and what is no text.
ELSEWHERE = (".json", ".wav")


def imported(into: Path, *given: str | Path) -> str:
    words = ["import", *map(str, given), "--into", str(into), "--country", "UA", "--today", "2026-11-23"]
    result = CliRunner().invoke(group, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def texts(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in ELSEWHERE)
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files if path.name != "secrets"}


def same(into: Path, name: str) -> None:
    golden = HERE / "golden" / name
    if os.environ.get("ROUTING_GOLDEN"):
        shutil.rmtree(golden, ignore_errors=True)
        for path, text in texts(into).items():
            (golden / path).parent.mkdir(parents=True, exist_ok=True)
            (golden / path).write_text(text, "utf-8")
    assert texts(into) == texts(golden)
    found = re.search(r"(\d+) of its (\d+) derived", texts(into)["REPORT.txt"])
    assert found and found[1] == found[2]


@pytest.mark.parametrize("name", DUMPS)
def test_a_dump_becomes_this_project(name: str, tmp_path: Path) -> None:
    output = imported(tmp_path / "new", name.partition("_")[0], HERE / "dumps" / f"{name}.sql")
    same(tmp_path / "new", name)
    assert "never-shown" not in output
    assert not [path for path in (tmp_path / "new").rglob("*") if b"never-shown" in _bytes(path)]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def test_a_full_disk_leaves_nothing_of_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("routing.cli.imported.add_missing", full)
    with pytest.raises(OSError, match="No space left"):
        imported(tmp_path / "new", "freepbx", HERE / "dumps" / "freepbx_17.sql")
    assert list(tmp_path.iterdir()) == []


def test_sheets_become_this_project(tmp_path: Path) -> None:
    imported(tmp_path / "new", "csv", *SHEETS)
    same(tmp_path / "new", "csv")


def test_a_project_is_complete(tmp_path: Path) -> None:
    """Its own `check`, `test` and `secrets` run in it as in every project."""
    imported(tmp_path / "new", "fusionpbx", HERE / "dumps" / "fusionpbx_5.sql")
    schemes = str(tmp_path / "new" / "schemes")
    for words in (["check", schemes, "--today", "2026-11-23"], ["test", "--schemes", schemes]):
        result = CliRunner().invoke(group, words)
        assert result.exit_code == 0, result.output
    secrets = tmp_path / "new" / "var" / "secrets"
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert "SIP_PASSWORD_101=" in secrets.read_text()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    dump = str(HERE / "dumps" / "freepbx_17.sql")
    words = ["import", "freepbx", dump, "--country", "UA", "--into", str(tmp_path / "new")]
    result = CliRunner().invoke(group, words)
    assert "nothing is overwritten" in str(result.exception)
    assert list((tmp_path / "new").iterdir()) == []


def test_strict_fails_when_something_is_lost(tmp_path: Path) -> None:
    for name, code in (("freepbx_17", 1), ("freepbx_15", 0)):
        words = ["import", "freepbx", str(HERE / "dumps" / f"{name}.sql"), "--country", "UA", "--strict"]
        result = CliRunner().invoke(group, [*words, "--into", str(tmp_path / name)])
        assert result.exit_code == code, result.output
        assert (tmp_path / name / "REPORT.txt").exists()
