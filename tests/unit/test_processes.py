"""What tests start ends with them, and every file starts it so."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
CODE = """import sys
from support.processes import launch
print(launch([sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"], stdout=-1).pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.process
def test_what_a_killed_test_has_started_is_gone():
    command = [sys.executable, "-c", CODE]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as tests:
        started = int(tests.stdout.readline())
        assert is_running(started)
        tests.kill()
    deadline = time.monotonic() + 30
    while is_running(started) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(started)


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_whatever_lives_on_is_started_by_the_helper():
    mine = {"processes.py", Path(__file__).name}
    found = [
        path.name for path in TESTS.rglob("*.py") if path.name not in mine and "subprocess.Popen(" in path.read_text()
    ]
    assert found == []
