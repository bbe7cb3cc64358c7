"""Long commands show how far they are to somebody who looks at a terminal, and to nobody else."""

from __future__ import annotations

import os
import pty
import re
import sys
from pathlib import Path

import pytest

from support.processes import launch

pytestmark = pytest.mark.process

HOME = Path(__file__).resolve().parents[2]
CALLS = """\
tests:
  - name: somebody takes it
    call: {to: "0800 330 500", from: "+380 32 245 67 89", at: "2026-11-23 10:05"}
    phones: {ostap: answers after 3s}
    expect: [{talk: ostap.desk}]
"""


def shown(*words: str) -> str:
    """What a terminal of a hundred columns is told."""
    looking, terminal = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100", "CRM_TOKEN": "none"}
    command = [sys.executable, "-m", "routing", *words]
    with launch(command, cwd=HOME, env=environment, stdin=terminal, stdout=terminal, stderr=terminal) as done:
        os.close(terminal)
        told = b""
        while piece := _read(looking):
            told += piece
    os.close(looking)
    assert done.returncode == 0, told.decode()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", told.decode())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""


def test_a_tour_shows_how_many_calls_are_done(tmp_path: Path) -> None:
    calls = tmp_path / "calls.test.yaml"
    calls.write_text(CALLS)
    places = ["--out", str(tmp_path / "out"), "--secrets", str(tmp_path / "secrets")]
    told = shown("run-examples", *places, "--calls", str(calls))
    assert re.search(r"[01]/1 0:00:\d\d somebody takes it", told)
    assert "1 of 1 calls met their expectations" in told


def test_a_compilation_shows_how_many_schemes_are_done(tmp_path: Path) -> None:
    secrets = str(tmp_path / "secrets")
    shown("secrets", "--file", secrets)
    told = shown("compile", "--out", str(tmp_path / "root"), "--secrets", secrets)
    assert re.search(r"compiling schemes \S+ (\d+)/\1 ", told)
