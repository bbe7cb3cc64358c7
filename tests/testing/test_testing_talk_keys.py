"""Scheme tests of keys in a talk: hold, ask a colleague, connect, all three, send on, park and pick up."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from yaml import safe_load

from routing.cli import group

FOLDER = Path(__file__).parent / "talk_keys"
FILE = FOLDER / "sales.test.yaml"


@pytest.mark.parametrize("name", [test["name"] for test in safe_load(FILE.read_text("utf-8"))["tests"]])
def test_keys_of_a_talk(name: str) -> None:
    result = CliRunner().invoke(group, ["test", str(FILE), "--schemes", str(FOLDER), "-k", name])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('caller: {presses: {"**hello": 3s}}', "`**hello` are no keys"),
        ("caller: {presses: {parks again: 3s}}", "`parks again` are no keys"),
        ('phones: {ivan: "answers, parks"}', "parks after 10s"),
    ],
)
def test_what_is_no_key_is_a_mistake(written: str, message: str, tmp_path: Path) -> None:
    for file in FOLDER.glob("[cs]*.yaml"):
        shutil.copy(file, tmp_path)
    wrong = tmp_path / "sales.test.yaml"
    call = '{to: "+380441113300", from: "0671234567", at: "2026-11-23 10:00"}'
    wrong.write_text(
        f"tests:\n  - name: wrong\n    call: {call}\n    {written}\n    expect: [{{ring: ivan}}]\n", "utf-8"
    )
    result = CliRunner().invoke(group, ["test", "--schemes", str(tmp_path)])
    assert result.exit_code == 1
    assert message in str(result.exception)
