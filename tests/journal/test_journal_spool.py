"""Files that are half-written, late, lost or no CDR at all; databases and disks that fail; many files."""

import os
import sqlite3

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from routing.journal import late
from routing.journal.cdr import IncompleteCdr, read
from routing.journal.spool import Spool
from support.journal_bed import CDR, LATER_S


def test_a_half_written_file_waits_and_is_recorded_when_it_is_whole(bed):
    (a_leg, *_) = bed.put("closed", cut=2000)
    assert bed.worker().work() == 0 and bed.left() == [a_leg]
    bed.put("closed")
    assert bed.worker().work() == 1 and bed.left() == [] and bed.log == []


def test_a_file_that_stays_unreadable_is_put_aside_with_a_line_in_the_log(bed):
    (name,) = bed.put("closed", cut=2000)
    bed.clock_s = LATER_S
    worker = bed.worker()
    assert worker.work() == 0 and worker.counts.bad == 1
    assert bed.left() == [] and (bed.spool / "bad" / name).stat().st_size == 2000
    assert [(level, facts["file"]) for level, _, facts in bed.log] == [("error", name)]


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b'{"variables":{}}', b'{"variables":{"uuid":5}}', b"\xff"])
def test_what_is_no_cdr(text):
    with pytest.raises(IncompleteCdr):
        read(text)


def test_a_name_in_no_alphabet_costs_no_call():
    text = (CDR / "closed" / os.listdir(CDR / "closed")[0]).read_bytes()
    bad = text.replace(b'"variables":{', b'"variables":{"routing_source":"\xcf\xee\x01\\ud800",', 1)
    assert read(bad).get("routing_source").startswith("\ufffd\ufffd")


def test_an_a_leg_waits_for_its_b_legs_a_while(bed):
    a_leg = next(name for name in bed.put("talked_and_recorded") if name.startswith("a_"))
    (b_leg,) = (name for name in bed.left() if name != a_leg)
    held = (bed.spool / b_leg).read_bytes()
    (bed.spool / b_leg).unlink()
    worker = bed.worker()
    assert worker.work() == 0 and worker.counts.waiting == 1
    bed.clock_s = 20
    assert worker.work() == 1
    (leg,) = bed.rows("legs")
    assert leg[4] == "ivan.desk" and leg[6] == 0  # told by the A-leg alone

    (bed.spool / b_leg).write_bytes(held)
    bed.clock_s += late.YOUNG_SECONDS + 60
    worker.work()
    (leg,) = bed.rows("legs")
    assert leg[4] == "ivan.desk" and leg[6] > 0 and worker.counts.late_legs == 1
    assert bed.left() == []


def test_b_legs_of_a_call_that_goes_on_stay(bed):
    names = [name for name in bed.put("order_third") if not name.startswith("a_")]
    for name in set(bed.left()) - set(names):
        (bed.spool / name).unlink()
    bed.clock_s = 3600
    bed.worker().work()
    assert bed.left() == sorted(names) and bed.log == []
    bed.clock_s = late.LOST_SECONDS + 60
    bed.worker().work()
    assert bed.left() == [] and len(bed.log) == len(names) and "never recorded" in bed.log[0][2]["reason"]


def test_other_files_are_left_alone(bed):
    (bed.spool / "readme.txt").write_text("ours")
    assert bed.worker().work() == 0 and bed.left() == ["readme.txt"]


def test_many_files_are_listed(tmp_path):
    for number in range(400):
        (tmp_path / f"{'a_' if number % 2 else ''}{number}.cdr.json").touch()
    listing = Spool(tmp_path).listing()
    assert (len(listing.a_legs), len(listing.b_legs)) == (200, 200)


def test_a_database_that_is_away_keeps_the_spool(bed):
    bed.put("closed")
    worker = bed.worker()
    away = [True, True, False]

    @event.listens_for(worker.engine, "begin", insert=True)
    def begin(connection):
        if away.pop(0):
            raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    waits = []

    class Stop:
        def is_set(self):
            return worker.counts.recorded > 0

        def wait(self, seconds):
            waits.append(seconds)
            assert worker.counts.recorded or bed.left()

    worker.stop = Stop()
    worker.run()
    assert waits == [1, 2] and worker.counts.failures == 2
    assert [(event_, facts["spool"]) for _, event_, facts in bed.log] == [("journal cannot be written", "kept")] * 2
    assert bed.left() == [] and len(bed.rows("calls")) == 1


def test_a_real_full_database_keeps_the_spool(bed):
    cases = [path.name for path in CDR.iterdir()]
    bed.put(*cases)
    before, worker = bed.left(), bed.worker()

    @event.listens_for(worker.engine, "connect")
    def small(connection, _):
        connection.execute("PRAGMA max_page_count=1")

    with pytest.raises(OperationalError, match="full"):
        worker.work()
    assert bed.rows("calls") == [] and bed.left() == before
    assert bed.worker().work() == len(cases)


def test_one_call_that_the_database_refuses_does_not_hold_the_others_up(bed):
    bed.put("closed", "talked_and_recorded")
    worker = bed.worker()

    @event.listens_for(worker.engine, "before_cursor_execute")
    def refuse(connection, cursor, statement, parameters, context, many):
        if statement.startswith("INSERT INTO calls") and "+380800330005" in str(parameters):
            raise sqlite3.DataError("no such text")

    assert worker.work() == 1 and len(bed.rows("calls")) == 1
    assert bed.left() == [] and len(list((bed.spool / "bad").iterdir())) == 1
    assert "refuses" in bed.log[0][2]["reason"] and "+380" not in str(bed.log)


def test_nul_bytes_are_left_out(bed):
    (name,) = bed.put("closed")
    text = (bed.spool / name).read_text().replace('"variables":{', '"variables":{"routing_box":"a\\u0000b",', 1)
    (bed.spool / name).write_text(text)
    assert bed.worker().work() == 1
    assert any("ab" in row for row in bed.rows("calls"))


def test_a_stopped_worker_ends_between_batches(bed):
    bed.put("closed")
    worker = bed.worker()
    worker.stop.set()
    worker.run()
    assert bed.left()
