"""The journal's commands close what they have opened: databases, logs, connections to Redis."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
from collections.abc import Callable, Iterator

import click
import pytest
from click.testing import CliRunner

from routing.cli.calls import calls
from routing.cli.journal import journal
from routing.store.program import program
from support.journal_bed import CDR
from support.processes import launch
from support.redis_needed import needs_redis

pytestmark = pytest.mark.thorough

TIMES = 5


@pytest.fixture(autouse=True)
def as_found() -> Iterator[None]:
    """The command takes signals for itself, and nobody but it closes: no garbage is collected meanwhile."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    for number, handler in kept.items():
        signal.signal(number, handler)


def descriptors() -> dict[str, str]:
    """Open file descriptors: number -> what it is."""
    found = {}
    for number in os.listdir("/proc/self/fd"):
        try:
            found[number] = os.readlink(f"/proc/self/fd/{number}")
        except FileNotFoundError:
            continue
    return found


def left_open(
    command: click.Command, *words: str, exit_code: int = 0, prepare: Callable[[], object] = lambda: None
) -> list[str]:
    """What is open after a command has been given a few times and was not before; the first time warms up."""
    prepare()
    CliRunner().invoke(command, words)
    before = descriptors()
    for _ in range(TIMES):
        prepare()
        assert CliRunner().invoke(command, words).exit_code == exit_code
    return [opened for number, opened in descriptors().items() if number not in before]


def test_recording_leaves_nothing_open(bed):
    bed.put("closed")
    assert left_open(journal, "--spool", str(bed.spool), "--database", bed.database, "--once") == []


@pytest.mark.process
@needs_redis
def test_remembering_leaves_nothing_open(bed, tmp_path):
    cases = iter(sorted(path.name for path in CDR.iterdir()))
    with launch(
        [str(program()), "--port", "0", "--unixsocket", "s", "--save", ""], cwd=tmp_path, stdout=subprocess.DEVNULL
    ) as redis:
        while not (tmp_path / "s").exists():
            assert redis.poll() is None
        words = ("--spool", str(bed.spool), "--database", bed.database, "--redis", f"unix://{tmp_path}/s", "--once")
        left = left_open(journal, *words, prepare=lambda: bed.put(next(cases)))
        redis.kill()
    assert left == []


@pytest.mark.parametrize("words", [(), ("--report",), ("--json",)])
def test_reading_leaves_nothing_open(bed, words):
    bed.put("closed")
    CliRunner().invoke(journal, ["--spool", str(bed.spool), "--database", bed.database, "--once"])
    assert left_open(calls, "--database", bed.database, *words) == []


def test_a_journal_that_is_none_is_closed_again(bed, tmp_path):
    spoilt = tmp_path / "spoilt.db"
    spoilt.write_bytes(b"this is no database" * 100)
    assert left_open(journal, "--spool", str(bed.spool), "--database", str(spoilt), "--once", exit_code=1) == []
