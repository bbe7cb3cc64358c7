"""The README's scheme compiles, and the commands of README and docs exist: what a stranger copies works."""

from __future__ import annotations

import re
import shlex
import textwrap

import click
import pytest
from click.testing import CliRunner

from routing.cli import COMMANDS, group
from routing.compile.build import build, needed
from support.documents import HOME, documents

README = (HOME / "README.rst").read_text("utf-8")
ALL = re.sub(r"\\\n *", "", "\n".join(each.text for each in documents()))


def test_the_scheme_compiles(tmp_path):
    blocks = re.findall(r"code-block:: yaml\n\n((?:    .*\n|\n)+)", README)
    for index, block in enumerate(blocks):
        (tmp_path / f"{index}.yaml").write_text(textwrap.dedent(block), "utf-8")
    known = {need.name: f"value-of-{need.name}" for need in needed(tmp_path)}
    release = build(tmp_path, tmp_path / "root", lambda where: known)
    assert [record.scheme for record in release.records] == ["kharkiv"]


def test_every_command_is_told_of():
    told = set(re.findall(r"(?:``|^    )routing ([a-z-]+)", ALL, re.MULTILINE))
    assert set(COMMANDS) - {"run-examples"} <= told
    assert told <= set(COMMANDS)


LINES = {*re.findall(r"^    routing (.+?)$", ALL, re.M), *re.findall(r"``routing\s([^`]+)``", ALL)}


@pytest.mark.parametrize("line", sorted(LINES))
def test_the_options_of_every_command_line_exist(line):
    words = line.partition(" #")[0].split()
    context = click.Context(group)
    command = group.get_command(context, words[0])
    if isinstance(command, click.Group):
        command = command.get_command(context, words[1])
    known = {"--help"}.union(*([*each.opts, *each.secondary_opts] for each in command.params))
    assert {word for word in words if word.startswith("--")} <= known, line


TRACES = re.findall(r"^    routing (trace --at .+)$", ALL, re.M)
RUNG = ["ivan", "solomiia", "+380501112233", "artem", "oleh", "hanna"]


@pytest.mark.thorough
@pytest.mark.parametrize(("line", "first"), list(zip(TRACES, RUNG, strict=True)))
def test_a_call_that_is_followed_rings_whom_the_line_means(line, first, monkeypatch):
    monkeypatch.chdir(HOME)
    result = CliRunner().invoke(group, shlex.split(line), catch_exceptions=False)
    assert result.exit_code == 0
    rung = re.findall(r"^ *\d+\.\d  \S+ +ring +(\+?\w+)", result.output, re.M)
    assert first in rung[:2]
