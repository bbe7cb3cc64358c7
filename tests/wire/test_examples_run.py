"""`routing run-examples` from outside: real engine, real handlers, an honest exit code, and nothing left behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

HOME = Path(__file__).resolve().parents[2]
CALLS = """\
tests:
  - name: by the handler's word
    call: {to: "0800 330 500", from: "+380 32 245 67 89", at: "2026-11-23 10:05"}
    phones: {ostap: answers after 3s}
    expect: [{webhook: scheme lviv}, {talk: ostap.desk}]
  - name: a wish that does not come true
    engine: killed
    call: {to: "0800 330 500", from: "+380 32 245 67 89", at: "2026-11-23 10:05"}
    expect: [{webhook: scheme lviv}]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    place = tmp_path_factory.mktemp("examples")
    (place / "calls.test.yaml").write_text(CALLS)
    routing = [sys.executable, "-m", "routing"]
    subprocess.run([*routing, "secrets", "--file", place / "secrets"], cwd=HOME, check=True, capture_output=True)
    places = ["--calls", place / "calls.test.yaml", "--out", place / "out", "--secrets", place / "secrets"]
    return subprocess.run([*routing, "run-examples", *places], cwd=HOME, capture_output=True, text=True, timeout=60)


def test_a_call_that_went_otherwise_makes_the_exit_code_one(run):
    assert run.returncode == 1, run.stderr
    assert "1 of 2 calls went as their examples say" in run.stdout
    assert "✗ expected webhook: scheme lviv" in run.stdout


def test_the_engine_and_its_handler_were_really_asked(run):
    assert re.search(r"webhook +scheme lviv \(\d+ ms\)", run.stdout)
    assert re.search(r"webhook +nobody listens on the engine's port", run.stdout)


def test_a_pipe_gets_plain_lines_of_a_hundred_columns(run):
    assert "\x1b" not in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 100


def test_no_process_is_left(run):
    pids = re.findall(r"\bpid (\d+)", run.stdout)
    assert len(pids) == 3
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)
