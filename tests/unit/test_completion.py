"""The shell completes commands, options and schemes."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("routing gra", {"graph"}),
        ("routing graph --form", {"--format"}),
        ("routing graph --format m", {"mermaid"}),
        ("routing graph khar", {"kharkiv"}),
        ("routing graph --schemes tests/switch/project khar", set()),
        ("routing graph --schemes tests/switch/project gre", {"greeting"}),
    ],
)
def test_bash(typed, offered, monkeypatch):
    monkeypatch.chdir(ROOT)
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1), "_ROUTING_COMPLETE": "bash_complete"}
    ran = CliRunner().invoke(group, prog_name="routing", env=words)
    assert {line.partition(",")[2] for line in ran.output.split()} == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_that_is_sourced(shell):
    ran = CliRunner().invoke(group, prog_name="routing", env={"_ROUTING_COMPLETE": f"{shell}_source"})
    assert ran.exit_code == 0 and "_ROUTING_COMPLETE" in ran.output
