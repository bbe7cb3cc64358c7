"""Killed at any operation on a file or in SQL, the journal neither loses nor doubles a call, nor half of one."""

import os
import random
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.journal_bed import CDR, LATER_S, Bed, Fuse, Killed, whole

pytestmark = pytest.mark.thorough

CASES = ("voicemail_unconfirmed_mobile", "webhook_person_silent", "closed")


@pytest.fixture
def expected(make_bed):
    """What is recorded of the cases when nothing goes wrong."""
    undisturbed = make_bed()
    undisturbed.put(*CASES)
    undisturbed.worker().work()
    assert undisturbed.left() == []
    return undisturbed.journal()


def test_killed_at_every_operation(make_bed, expected):
    killed_at, operations = 0, 1
    while killed_at < operations:
        bed = make_bed()
        bed.put(*CASES)
        fuse = Fuse(killed_at)
        try:
            bed.worker(fuse).work()
        except Killed:
            operations = max(operations, killed_at + 2)
        bed.close()
        bed.clock_s = LATER_S
        again = bed.worker()
        again.work()
        assert bed.journal() == expected, f"killed at operation {killed_at}"
        assert bed.left() == [], f"killed at operation {killed_at}"
        assert not [line for line in bed.log if line[0] == "error"]
        killed_at += 1
    assert killed_at > 20


def test_killed_again_and_again_on_the_way(bed, expected):
    """Each start gets a few operations further; the journal is whole in the end and files go only after the commit."""
    bed.put(*CASES)
    bed.clock_s = LATER_S
    for life in range(200):
        try:
            bed.worker(Fuse(2 + life)).work()
            break
        except Killed:
            recorded = {row[0] for row in bed.rows("calls")}
            names = {name for case in CASES for name in _a_legs(case)}
            assert all(name in recorded or f"a_{name}.cdr.json" in bed.left() for name in names)
    assert bed.journal() == expected and bed.left() == []


def test_two_workers_on_one_spool(bed, expected):
    """Each reads everything before either records: the second records nothing, and neither minds missing files."""
    bed.put(*CASES)
    one, other = bed.worker(), bed.worker()
    listed = one.gatherer.spool.listing()
    theirs = [other.gatherer.call(uuid) for uuid in listed.a_legs]
    assert one.work() == len(CASES)
    other._record([whole for whole in theirs if whole])
    assert (other.counts.recorded, other.counts.known_already) == (0, len(CASES))
    assert bed.journal() == expected and bed.left() == []


def test_shares_divide_the_work_and_leave_nothing(bed):
    cases = [path.name for path in CDR.iterdir()]
    bed.put(*cases)
    workers = [bed.worker(share=(which, 2)) for which in (0, 1)]
    assert workers[0].work() + workers[1].work() == len(cases)
    assert all(0 < worker.counts.recorded < len(cases) for worker in workers)
    assert bed.left() == []


def test_a_dead_workers_share_is_taken_over(bed):
    cases = [path.name for path in CDR.iterdir()]
    bed.put(*cases)
    bed.clock_s = LATER_S
    assert bed.worker(share=(0, 2)).work() == len(cases)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), lives=st.lists(st.integers(0, 30), max_size=4))
def test_any_order_of_files_halves_of_files_and_deaths(make_bed, expected, seed, lives):
    bed: Bed = make_bed()
    chance = random.Random(seed)
    files = [file for case in CASES for file in (CDR / case).iterdir()]
    chance.shuffle(files)
    for life in lives:
        for _ in range(chance.randrange(3)):
            if files:
                _write(bed, files.pop(), chance)
        try:
            bed.worker(Fuse(life)).work()
        except Killed:
            continue
    for file in files:
        _write(bed, file, chance)
    for file in (file for case in CASES for file in (CDR / case).iterdir()):
        if (bed.spool / file.name).exists():
            (bed.spool / file.name).write_bytes(file.read_bytes())  # FreeSWITCH finishes what it was writing
    bed.clock_s = LATER_S
    bed.worker().work()
    bed.close()
    assert bed.journal() == expected and bed.left() == []


@pytest.mark.process
def test_a_real_process_killed_without_warning(bed, monkeypatch):
    """Forked workers die by SIGKILL once a few files are gone; what is left is recorded by the next."""
    monkeypatch.setattr("routing.journal.worker.BATCH", 3)
    cases = [path.name for path in CDR.iterdir()]
    written = len(bed.put(*cases))
    for fewer in (5, 20, 40):
        child = os.fork()
        if child == 0:
            bed.worker().work()
            os._exit(0)
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if len(bed.left()) <= written - fewer:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                break
    bed.clock_s = LATER_S
    bed.worker().work()
    assert len(bed.rows("calls")) == len(cases) and bed.left() == []
    assert sum(len(whole(case).legs) for case in cases) == len(bed.rows("legs"))
    assert sum(len(whole(case).steps) for case in cases) == len(bed.rows("steps"))


def _write(bed: Bed, file: Path, chance: random.Random) -> None:
    text = file.read_bytes()
    (bed.spool / file.name).write_bytes(text[: chance.choice([len(text), chance.randrange(len(text))])])


def _a_legs(case: str) -> list[str]:
    return [path.name[2:38] for path in (CDR / case).iterdir() if path.name.startswith("a_")]
