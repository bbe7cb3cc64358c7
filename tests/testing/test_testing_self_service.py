"""Scheme tests of rooms with a PIN, of digits and of what a server answers to a lookup."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from yaml import safe_load

from routing.cli import group

FOLDER = Path(__file__).parent / "self_service"
FILE = FOLDER / "service.test.yaml"


@pytest.mark.parametrize("name", [test["name"] for test in safe_load(FILE.read_text("utf-8"))["tests"]])
def test_self_service(name: str) -> None:
    result = CliRunner().invoke(group, ["test", str(FILE), "--schemes", str(FOLDER), "-k", name])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(("right", "wrong", "message"), [
    ("{lookup: missing}", "{lookup: lost}", "no lookup ends with `lost` (hint: known here: closed, continue, down, "),
    ("{conference: board}]", "{conference: bord}]", "no room is called `bord` (hint: did you mean `board`?)"),
])  # fmt: skip
def test_what_there_is_not_is_a_mistake(right: str, wrong: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "service.test.yaml"
    file.write_text(FILE.read_text("utf-8").replace(right, wrong, 1), "utf-8")
    result = CliRunner().invoke(group, ["test", str(file), "--schemes", str(FOLDER)])
    assert result.exit_code == 1
    assert message in str(result.exception)
