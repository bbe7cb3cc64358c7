"""Queues whose settings are those of a step: a simulation's file says only what comes, and what it tries instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.cli.diff_queues import simulated_changes
from routing.model.problem import Problems
from routing.simulate.plan import Plan
from routing.simulate.read import read_folder, read_plan
from routing.simulate.week import DAY_MS, HOUR_MS

PROJECT = """\
project: {name: x, timezone: Europe/Kyiv, country: UA, secrets: env}
calendars: {office: {open: {mon-fri: "09:00-18:00"}}}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}, mobile: {number: "+380501112233", confirm: "1"}}}
  olena: {name: Olena, phones: {desk: {sip: "1002"}}}
groups: {office: [ivan.desk, olena]}
"""
SCHEME = """\
scheme: kharkiv
numbers: [{number: "+380441112233", caller_pays: false}]
hours: office
steps:
  - hours: {closed: [hangup]}
  - menu:
      prompt: menu.wav
      options:
        "1":
          - queue:
              {to: office, at_most: 4m, size: 12, wrap_up: 20s, misses: {after: 2, pause: 60s}, priority: 2, for: 15s}
          - hangup
  - queue: {name: late, to: [olena], order: in_order, answer: true, sign_in: true}
  - hangup
"""
CALLS = 'calls: {mon-fri: {"09:00-18:00": 20}}, talk: 3m, patience: 3m'
FILE = f"simulate: {{queues: {{kharkiv: {{{CALLS}}}, late: {{{CALLS}, at_most: 1m, to: [ivan]}}}}}}\n"


def laid_out(folder: Path, scheme: str = SCHEME, file: str = FILE) -> Path:
    folder.mkdir()
    for name, text in {"project.yaml": PROJECT, "kharkiv.yaml": scheme, "a.simulate.yaml": file}.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def plan(folder: Path) -> Plan:
    return read_plan(folder / "a.simulate.yaml", read_folder(folder), "a.simulate.yaml")


def test_the_step_says_how_the_queue_is(tmp_path):
    kharkiv = plan(laid_out(tmp_path / "a")).queues["kharkiv"]
    settings = kharkiv.settings
    assert (settings.size, settings.wrap_up_ms, settings.misses, settings.pause_ms) == (12, 20_000, 2, 60_000)
    assert (settings.order, settings.priority, kharkiv.at_most_ms, kharkiv.ring_ms) == (
        "longest_idle",
        2,
        240_000,
        15_000,
    )
    assert (kharkiv.people, kharkiv.scheme, kharkiv.owner_pays, kharkiv.answers_first) == (
        ("ivan", "olena"), "kharkiv", True, False,
    )  # fmt: skip


def test_the_file_tries_something_else(tmp_path):
    late = plan(laid_out(tmp_path / "a")).queues["late"]
    assert (late.people, late.at_most_ms, late.settings.order) == (("ivan",), 60_000, "in_order")
    assert (late.answers_first, late.settings.sign_in, late.scheme) == (True, False, "kharkiv")


def test_people_work_in_the_hours_of_the_scheme_unless_the_file_has_theirs(tmp_path):
    file = FILE.rstrip("}\n") + '}}, people: {olena: {works: {sat: "10:00-12:00"}}}}\n'
    shifts = plan(laid_out(tmp_path / "a", file=file)).shifts
    assert [(start / HOUR_MS, end / HOUR_MS) for start, end in shifts["ivan"]][:2] == [(9, 18), (33, 42)]
    assert shifts["olena"] == ((5 * DAY_MS + 10 * HOUR_MS, 5 * DAY_MS + 12 * HOUR_MS),)


def test_a_queue_that_no_scheme_has_needs_people(tmp_path):
    with pytest.raises(Problems) as found:
        plan(laid_out(tmp_path / "a", file=f"simulate: {{queues: {{kharkov: {{{CALLS}}}, fax: {{{CALLS}}}}}}}\n"))
    assert [str(problem) for problem in found.value.problems] == [
        "a.simulate.yaml:1:21: simulate.queues.kharkov: `to` is missing (hint: did you mean `kharkiv`?)",
        "a.simulate.yaml:1:95: simulate.queues.fax: `to` is missing "
        "(hint: no scheme has a queue of this name: write whom it rings)",
    ]


@pytest.mark.thorough
def test_a_change_of_a_step_is_told_by_what_it_does_to_waits(tmp_path):
    old = laid_out(tmp_path / "old")
    assert simulated_changes(old, laid_out(tmp_path / "same", SCHEME.replace("hangup\n", "hangup # now\n"))) == []
    told = simulated_changes(old, laid_out(tmp_path / "new", SCHEME.replace("wrap_up: 20s", "wrap_up: 3m")))
    assert told[0].startswith("kharkiv: p90 wait ") and "answered in 0:20" in told[0]
    # ivan serves both queues
    assert any(line.startswith("late: ") for line in told)
    assert any(line.startswith("kharkiv, Mondays 1") for line in told)
