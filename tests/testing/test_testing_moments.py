"""Moments of scheme tests and traces: real time passes over a change of the clocks, and parts of a second are kept.

In Europe/Kyiv clocks go from 04:00 back to 03:00 on 2026-10-25, and from 03:00 to 04:00 on 2027-03-28.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.cli.errors import UserError
from routing.model.problem import Problems

COMPANY = """\
project: {name: moments, timezone: Europe/Kyiv, country: UA}
people: {ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}}
gateways: {main: {proxy: sip.example, register: false, numbers: ["+380441112200"]}}
calendars: {morning: {open: {sun: "04:00-06:00"}}}
"""
SCHEME = """\
scheme: morning
numbers: ["+380441112200"]
hours: morning
steps:
  - ring: {to: ivan, for: 20s}
  - hours: {open: [{hangup: {cause: NO_ANSWER}}]}
  - hangup: {cause: USER_BUSY}
"""
CALL = 'to: "+380441112200", from: "0671234567"'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "company.yaml").write_text(COMPANY, "utf-8")
    (tmp_path / "morning.yaml").write_text(SCHEME, "utf-8")
    return tmp_path


def traced(folder: Path, calls: str, *words: str) -> str:
    file = folder.parent / f"{folder.name}.calls"
    file.write_text(calls, "utf-8")
    run = CliRunner().invoke(group, ["trace", "--calls", str(file), "--schemes", str(folder), *words])
    if isinstance(run.exception, Problems):
        return str(run.exception)
    return run.output


@pytest.mark.parametrize(
    ("at", "after", "then"),
    [
        ("2026-10-25 03:30", "1h", "2026-10-25T03:30:00+02:00"),
        ("2026-10-25 02:00", "3h", "2026-10-25T04:00:00+02:00"),
        ("2027-03-28 02:59:50", "20s", "2027-03-28T04:00:10+03:00"),
        ("2027-03-27 12:00", "1d", "2027-03-28T13:00:00+03:00"),
        ("2026-11-23 10:00:30.5", "2s", "2026-11-23T10:00:32.500000+02:00"),
    ],
)
def test_after_is_real_time_from_the_first_call(folder: Path, at: str, after: str, then: str) -> None:
    told = traced(folder, f'calls: [{{{CALL}, at: "{at}"}}, {{{CALL}, after: {after}}}]', "--json")
    assert [json.loads(line)["at"] for line in told.splitlines()][1] == then


@pytest.mark.parametrize(
    ("at", "end"),
    [("2026-10-25 03:59:50", "USER_BUSY"), ("2027-03-28 02:59:50", "NO_ANSWER"), ("2026-10-25 03:59", "USER_BUSY")],
)
def test_calendars_see_real_time_pass_during_a_call(folder: Path, at: str, end: str) -> None:
    told = traced(folder, f'calls: [{{{CALL}, at: "{at}"}}]', "--json")
    assert json.loads(told)["end"] == end


def test_parts_of_a_second_are_shown(folder: Path) -> None:
    shown = traced(folder, f'calls: [{{{CALL}, at: "2026-11-23 10:00:30.5"}}, {{{CALL}, after: 1s}}]')
    assert "Monday 2026-11-23 10:00:30.5 EET" in shown
    assert "Monday 2026-11-23 10:00:31.5 EET" in shown


def test_a_time_that_clocks_skip_is_refused_where_it_stands(folder: Path) -> None:
    shown = traced(folder, f'calls:\n  - {{{CALL}, at: "2027-03-28 03:30"}}')
    assert ":2:51: calls[0].at: `2027-03-28 03:30` does not exist in Europe/Kyiv" in shown
    words = ["--to", "+380441112200", "--from", "0671234567", "--at", "2027-03-28 03:30", "--schemes", str(folder)]
    said = CliRunner().invoke(group, ["trace", *words]).exception
    assert isinstance(said, UserError)
    assert str(said).endswith("write `2027-03-28 04:30`") and str(said).startswith("--at `2027-03-28 03:30` does not")


def test_calls_that_do_not_say_when_are_told_where_they_stand(folder: Path) -> None:
    shown = traced(folder, f'calls:\n  - {{{CALL}, at: "2026-11-23 10:00"}}\n  - {{{CALL}}}')
    assert ":3:5: calls[1]: a call needs its beginning:" in shown


def test_a_file_of_tests_is_sent_to_the_command_for_tests(folder: Path) -> None:
    shown = traced(folder, "tests: []")
    assert ":1:1: tests: this is a file of scheme tests (hint: `routing test " in shown
