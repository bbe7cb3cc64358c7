"""The examples' own processes: none outlives a run, one that cannot start says why."""

from __future__ import annotations

import os
import sys
import time

import pytest

from routing.cli.errors import UserError
from routing.cli.examples.processes import ExampleProcesses

SERVER = "import sys, time\nprint('ready on 8084', flush=True)\ntime.sleep(60)\n"


def test_processes_end_whatever_happens(tmp_path):
    with pytest.raises(KeyboardInterrupt), ExampleProcesses(tmp_path) as children:
        child = children.start("server", [sys.executable, "-c", SERVER], {})
        assert child.wait_for_line(r"ready on (\d+)")[1] == "8084"
        with child.frozen():
            pass
        raise KeyboardInterrupt
    assert child.process.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.killpg(child.process.pid, 0)


def test_a_frozen_process_does_nothing_until_it_is_thawed(tmp_path):
    count = "import time\nwhile True:\n    print('x', flush=True)\n    time.sleep(0.001)\n"
    with ExampleProcesses(tmp_path) as children:
        child = children.start("counter", [sys.executable, "-c", count], {})
        child.wait_for_line("x")
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
    with ExampleProcesses(tmp_path) as children:
        child = children.start("server", [sys.executable, "-c", "raise SystemExit('port taken')"], {})
        with pytest.raises(UserError, match="server ended at once: port taken"):
            child.wait_for_line("ready")
