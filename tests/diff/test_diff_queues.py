"""What `routing diff` says of a queue: keys that leave it, people, times; and the trace that shows a call again."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group

COMPANY = """\
project: {name: small, timezone: Europe/Kyiv, country: UA}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}
  olena: {name: Olena, phones: {desk: {sip: "1002"}}}
gateways:
  main: {proxy: sip.carrier.example, username: small, numbers: ["+380800330521"]}
"""
QUEUE = """\
scheme: desk
numbers: ["+380800330521"]
steps:
  - queue:
      to: [ivan]
      at_most: 1m
      wrap_up: 15s
      sign_in: SIGN_IN
      leave: {"2": [{voicemail: desk}]}
  - hangup: NO_ANSWER
"""


def told(place: Path, *changes: tuple[str, str], sign_in: str = "false") -> list[str]:
    """The lines of the command about a changed queue."""
    old = QUEUE.replace("SIGN_IN", sign_in)
    new = old
    for before, now in changes:
        new = new.replace(before, now)
    for name, scheme in (("old", old), ("new", new)):
        (place / name).mkdir()
        (place / name / "company.yaml").write_text(COMPANY)
        (place / name / "desk.yaml").write_text(scheme)
    words = ["diff", str(place / "old"), str(place / "new"), "--from-day", "2026-11-22", "--verbose"]
    result = CliRunner().invoke(group, words)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


@pytest.mark.parametrize(("sign_in", "whose"), [("false", ""), ("true", ", ivan is signed in")])
def test_a_key_that_leaves_the_queue_is_pressed_on_both_sides(tmp_path, sign_in, whose):
    lines = told(tmp_path, ('"2"', '"3"'), sign_in=sign_in)
    said = [line.partition(": was")[0] for line in lines if line.startswith("* ") and ": was" in line]
    number = "+380800330521"
    assert [line.partition(" or engine down")[0] for line in said if "is busy" not in line] == [
        f"* LOST: {number} caller presses 2 while they wait{whose}",
        f"* {number} caller presses 3 while they wait{whose}",
    ]


def test_the_trace_that_is_shown_carries_the_same_call(tmp_path):
    lines = told(tmp_path, ('"2"', '"3"'))
    place = next(at for at, line in enumerate(lines) if "presses 2" in line)
    command = next(line for line in lines[place:] if "was:" in line).partition("routing ")[2]
    result = CliRunner().invoke(group, shlex.split(command))
    assert result.exit_code == 0, result.output
    assert "message " in result.output


def test_settings_that_no_call_shows_are_told_in_words(tmp_path):
    lines = told(tmp_path, ("[ivan]", "[ivan, olena]"), ("wrap_up: 15s", "wrap_up: 2m\n      announce: {every: 40s}"))
    assert [line for line in lines if line.startswith("* scheme")] == [
        "* scheme desk: queue: announce.every 30 s -> 40 s",
        "* scheme desk: queue: people ivan -> ivan, olena",
        "* scheme desk: queue: wrap_up 15 s -> 2 min",
    ]


@pytest.mark.parametrize(
    ("press", "why"),
    [
        ("2", "`2`: write KEY=TIME, as in 1=40s"),
        ("x=3s", "`x=3s`: write KEY=TIME"),
        ("1=soon", "'soon' is not a duration"),
    ],
)
def test_a_key_that_no_telephone_has_is_wrong_usage(press, why):
    result = CliRunner().invoke(group, ["trace", "--to", "0800330521", "--from", "0671234567", "--press", press])
    assert result.exit_code == 2 and why in result.output
