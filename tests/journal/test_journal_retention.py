"""Old calls go with their recordings; not by a clock alone, and not where recordings cannot be looked for."""

import os
import stat
from threading import Event

import pytest
from sqlalchemy import text

from routing.journal import store
from routing.journal.database import open_database
from routing.journal.retention import DAY_SECONDS, EVERY_SECONDS, LONGEST_SECONDS, Retention
from routing.model.keeping import Keeping
from support.journal_bed import CDR

KEEP_S = 365 * DAY_SECONDS
NOW = 1_800_000_000.0


@pytest.fixture
def journal(bed):
    """Calls at times: ``fill(seconds before now, ...)``; what is left: ``left()``."""
    bed.put("talked_and_recorded")
    worker = bed.worker()
    worker.work()

    class Journal:
        engine = worker.engine
        log = bed.log

        def fill(self, *ages_s, recording=""):
            with self.engine.begin() as connection:
                columns = [column.name for column in store.calls.columns]
                (row,) = connection.execute(text("SELECT * FROM calls LIMIT 1")).mappings().all()
                connection.execute(text("DELETE FROM calls"))
                rows = [
                    {**row, "id": f"call{n:05}", "started": NOW - age, "recording": recording.format(f"call{n:05}")}
                    for n, age in enumerate(ages_s)
                ]
                connection.execute(store.calls.insert(), [{name: each[name] for name in columns} for each in rows])
            return rows

        def left(self):
            return len(store.known(self.engine, [f"call{n:05}" for n in range(500)]))

        def apply(self, keep_s=KEEP_S, now=NOW, **words):
            return Retention(lambda: Keeping(keep_s), bed.write, **words).apply(self.engine, now, Event())

    return Journal()


def days(*numbers):
    return [number * DAY_SECONDS for number in numbers]


def test_what_is_older_than_it_may_be_goes(journal):
    journal.fill(*days(*range(400)))
    assert journal.apply() == 34 and journal.left() == 366 and journal.log == []


@pytest.mark.parametrize("calls_after", [0, 1, 5])
def test_a_clock_that_jumps_by_a_year_empties_nothing(journal, calls_after):
    journal.fill(*[n * 60 for n in range(200)], *[-366 * DAY_SECONDS - n * 60 for n in range(calls_after)])
    assert journal.apply(now=NOW + 366 * DAY_SECONDS + 600) <= 1
    assert journal.left() >= 199 and "is the clock right?" in str(journal.log)


def test_a_clock_that_is_right_may_be_trusted(journal):
    journal.fill(*[n * 60 for n in range(200)])
    assert journal.apply(now=NOW + 400 * DAY_SECONDS, trusts_clock=True) == 200


def test_a_shorter_time_to_keep_takes_effect_at_once_where_calls_confirm_the_clock(journal):
    journal.fill(*days(*range(300)))
    assert journal.apply(keep_s=30 * DAY_SECONDS) == 269 and journal.log == []


def test_a_shop_that_was_closed_for_weeks_forgets_again(journal):
    journal.fill(*days(*range(16)), *days(*range(60, 400)))
    assert journal.apply() > 0 and journal.log == []


def test_seconds_to_keep_hold(journal):
    journal.fill(5, 6, 7, 8)
    assert journal.apply(keep_s=1) == 4


def test_a_clock_that_went_back_stops_nothing(journal):
    journal.fill(*days(1))
    keeper = Retention(lambda: Keeping(3600))
    assert keeper.apply(journal.engine, NOW - 10 * DAY_SECONDS, Event()) == 0
    keeper._next = NOW + 300 * DAY_SECONDS  # it was ahead before
    assert keeper.apply(journal.engine, NOW, Event()) == 1
    assert keeper.apply(journal.engine, NOW + EVERY_SECONDS / 2, Event()) == 0


@pytest.mark.parametrize("there", ["", "calls", "calls/other.wav"])
def test_a_call_stays_while_its_recording_cannot_be_looked_for(journal, tmp_path, there):
    journal.fill(*days(366, 20), recording=f"{tmp_path}/calls/{{}}.wav")
    if there:
        (tmp_path / "calls").mkdir()
    if there.endswith(".wav"):
        (tmp_path / there).touch()
    assert journal.apply() == there.endswith(".wav")
    assert ("old calls kept" in str(journal.log)) is not there.endswith(".wav")


def test_a_call_does_not_stay_for_ever(journal, tmp_path):
    journal.fill(
        KEEP_S + LONGEST_SECONDS + 60,
        KEEP_S + LONGEST_SECONDS - 60,
        0,
        *days(20),
        recording=f"{tmp_path}/none/{{}}.wav",
    )
    assert journal.apply() == 1


def test_calls_that_stay_hold_nobody_up(journal, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "DELETED_AT_ONCE", 3)
    rows = journal.fill(*[KEEP_S + 60 + n for n in range(20)], *days(20), recording=f"{tmp_path}/calls/{{}}.wav")
    (tmp_path / "calls").mkdir()
    for row in rows[1:20:2]:
        open(row["recording"], "w").close()
    unlink = os.unlink

    def refuse(path):
        if str(path) == rows[3]["recording"]:
            raise PermissionError(1, "Operation not permitted")
        unlink(path)

    monkeypatch.setattr(os, "unlink", refuse)
    assert journal.apply() == 19 and journal.left() == 2


def test_the_journals_files_are_their_owners_alone(tmp_path):
    file = tmp_path / "journal.db"
    engine = open_database(str(file))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM calls"))
        files = sorted(tmp_path.iterdir())
        assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600] * 3
    engine.dispose()


@pytest.mark.parametrize(("before", "after"), [(0o644, 0o640), (0o666, 0o660), (0o660, 0o660), (0o600, 0o600)])
def test_a_journal_that_others_read_is_closed_to_them_and_not_to_a_group(bed, before, after):
    bed.put("closed")
    os.chmod(bed.database, before)
    assert bed.worker().work() == 1
    assert stat.S_IMODE(os.stat(bed.database).st_mode) == after
    assert CDR.is_dir()
