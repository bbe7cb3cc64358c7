"""The examples' own parts: how a call is judged, how a file of calls is read, and that no process outlives a run."""

from __future__ import annotations

import os
import sys
import time

import pytest

from routing.cli.errors import UserError
from routing.cli.examples.children import Children
from routing.model.problem import Problems
from routing.offline.events import Event
from routing.testing.cases import read_samples
from routing.testing.expect import Expectation, failures

EVENTS = [
    Event(0, "call", "+380800330521"),
    Event(0, "scheme", "kharkiv"),
    Event(0, "ring", "ivan.desk"),
    Event(0, "ring", "olena.desk"),
    Event(20, "decision", "127.0.0.1:8084", "scheme:lviv", 20),
    Event(6000, "talk", "olena.desk"),
    Event(36000, "end", "NORMAL_CLEARING", "olena.desk"),
]
SERVER = "import sys, time\nprint('ready on 8084', flush=True)\ntime.sleep(60)\n"


def judged(*expect, never=(), within_s=None):
    return list(
        failures(EVENTS, [Expectation(k, w) for k, w in expect], [Expectation(k, w) for k, w in never], within_s)
    )


def test_what_happens_in_the_expected_order_is_well():
    told = [
        ("scheme", ("kharkiv",)),
        ("ring", ("olena.desk", "ivan")),
        ("webhook", ("scheme lviv",)),
        ("talk", ("olena",)),
    ]
    assert judged(*told, never=[("talk", ("ivan",))], within_s=6) == []


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ([("talk", ("ivan",))], "expected talk: ivan"),
        ([("talk", ("olena",)), ("ring", ("ivan",))], "expected ring: ivan"),
        ([("ring", ("ivan", "petro"))], "expected ring: ivan, petro"),
        ([("end", ("USER_BUSY",))], "expected end: USER_BUSY"),
    ],
)
def test_what_does_not_happen_or_too_late_is_told(expect, complaint):
    assert judged(*expect) == [complaint]


def test_what_must_not_happen_and_what_takes_too_long_is_told():
    assert judged(never=[("ring", ("olena",))], within_s=5) == [
        "must not happen: ring: olena",
        "took 6.0 s, at most 5 s were allowed",
    ]


def test_a_fault_of_the_compiled_plan_is_never_passed_over():
    events = [*EVENTS[:-1], Event(7000, "error", "unknown application"), EVENTS[-1]]
    assert list(failures(events, [], [], None)) == ["the compiled plan is wrong: unknown application "]


def test_every_mistake_in_a_file_of_calls_has_its_line(tmp_path):
    file = tmp_path / "calls.test.yaml"
    file.write_text(
        "tests:\n"
        "  - name: one\n"
        "    call: {to: '1', from: '2', at: noon}\n"
        "    phones: {ivan: sleeps}\n"
        "    expect: [{tlak: ivan}]\n"
        "    enigne: killed\n"
    )
    with pytest.raises(Problems) as refused:
        read_samples(file)
    told = [f"{problem.line}: {problem.message}" for problem in refused.value.problems]
    assert told[0] == "3: `noon` is not a moment: write `2026-11-23 10:00`"
    assert told[1].startswith("4: 'sleeps': a phone is busy")
    assert "nothing is called `tlak`; did you mean `talk`?" in told[2]
    assert told[3] == "6: unknown key `enigne`"


def test_processes_end_whatever_happens(tmp_path):
    with pytest.raises(KeyboardInterrupt), Children(tmp_path) as children:
        child = children.start("server", [sys.executable, "-c", SERVER], {})
        assert child.said(r"ready on (\d+)")[1] == "8084"
        with child.frozen():
            pass
        raise KeyboardInterrupt
    assert child.process.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.killpg(child.process.pid, 0)


def test_a_frozen_process_does_nothing_until_it_is_thawed(tmp_path):
    count = "import time\nwhile True:\n    print('x', flush=True)\n    time.sleep(0.001)\n"
    with Children(tmp_path) as children:
        child = children.start("counter", [sys.executable, "-c", count], {})
        child.said("x")
        with child.frozen():
            before = stopped_size(child)
            assert stopped_size(child) == before
        until = time.monotonic() + 20
        while child.log.stat().st_size == before and time.monotonic() < until:
            os.sched_yield()
        assert child.log.stat().st_size > before


def stopped_size(child):
    """The log's size once the kernel shows the process as stopped."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with open(f"/proc/{child.process.pid}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "T":
                return child.log.stat().st_size
    raise AssertionError("the process was not stopped")


def test_a_process_that_cannot_start_says_why(tmp_path):
    with Children(tmp_path) as children:
        child = children.start("server", [sys.executable, "-c", "raise SystemExit('port taken')"], {})
        with pytest.raises(UserError, match="server ended at once: port taken"):
            child.said("ready")
