"""``routing simulate`` as people use it: transcripts, written anew by ``make golden``, and the same figures every time.

A line that begins with ``$ `` is a command, given in this folder; what follows is all that it prints.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.cli.errors import report
from routing.load.nodes import read

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.chdir(HERE)
    monkeypatch.setenv("COLUMNS", "120")


def run(command: str) -> tuple[str, int]:
    """What a command prints, and its exit code."""
    result = CliRunner().invoke(group, shlex.split(command)[1:], prog_name="routing")
    output, code = result.output, result.exit_code
    if result.exception and not isinstance(result.exception, SystemExit):
        runner = CliRunner()
        with runner.isolation() as (out, err, _):
            code = report(result.exception)
            output += (out.getvalue() + err.getvalue()).decode()
    return re.sub(r"Usage: .*\n(?: .*\n)*Try .*\n\n", "", output), code


@pytest.mark.parametrize("name", ["transcript.txt", "mistakes.txt"])
def test_a_command_prints_what_it_printed(name):
    file = HERE / name
    commands = [line[2:] for line in file.read_text("utf-8").splitlines() if line.startswith("$ ")]
    parts = [(command, *run(command)) for command in commands]
    found = "\n".join(f"$ {command}\n{output}[exit {code}]\n" for command, output, code in parts)
    if os.environ.get("ROUTING_GOLDEN"):
        file.write_text(found, "utf-8")
    assert found == file.read_text("utf-8")
    assert {code for _, _, code in parts} <= ({0} if name == "transcript.txt" else {1, 2})


def figures(*options: str) -> dict:
    output, code = run(f"routing simulate schemes/day.simulate.yaml --weeks 2 --json {' '.join(options)}")
    assert code == 0, output
    return json.loads(output)


def test_a_seed_gives_the_same_figures_and_another_one_others():
    assert figures() == figures("--seed 1") != figures("--seed 2")


def test_the_same_calls_come_whoever_works():
    both = figures("--staff +1 mon-tue 9-18")
    came = [{name: queue["calls"] for name, queue in both[side]["queues"].items()} for side in ("before", "after")]
    assert came[0] == came[1]
    before, after = (both[side]["queues"]["sales"] for side in ("before", "after"))
    assert after["wait_s"]["p90"] < before["wait_s"]["p90"] and after["service_level"] > before["service_level"]


def test_what_it_prints_is_a_table_of_markdown():
    output, _ = run("routing simulate schemes/day.simulate.yaml --weeks 1")
    rows = [line for line in output.splitlines() if line.startswith("|")]
    assert len({len(row) for row in rows[:4]}) == 1 and len({row.count("|") for row in rows[:4]}) == 1


def test_the_picture_is_one_of_every_queue(tmp_path):
    output, code = run(
        f"routing simulate schemes/day.simulate.yaml --weeks 5 --svg {tmp_path}/a.svg --staff +1 mon 9-12"
    )
    assert code == 0, output
    picture = (tmp_path / "a.svg").read_text("utf-8")
    assert all(
        f">{text}</text>" in picture for text in ("sales", "help", "dashed: before +1 mon 9-12", "9:00", "18:00")
    )
    assert "prefers-color-scheme: dark" in picture and "<script" not in picture and "NaN" not in picture


def test_an_example_is_beside_its_scheme():
    document = read("shop", (HERE.parents[1] / "schemes/company/shop_lines.simulate.yaml").read_bytes())
    assert list(document.data["simulate"]["queues"]) == ["online_shop", "consultants"]


def test_check_reports_simulations_with_the_rest():
    output, code = run("routing check checked")
    place = "checked/calls/monday.simulate.yaml:2:24: simulate.queues.sales"
    assert (output, code) == (f"{place}.to: nobody is called `ivna` (hint: did you mean `ivan`?)\n1 problem\n", 1)
