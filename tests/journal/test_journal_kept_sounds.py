"""Recordings and voicemails that are kept for a shorter time than their call: deleted, and the call says so."""

import os
from threading import Event

import pytest
from sqlalchemy import text

from routing.journal import kept_sounds, store
from routing.journal.explain import explain
from routing.journal.query import whole_call
from routing.journal.retention import DAY_SECONDS, LONGEST_SECONDS, Retention
from routing.model.keeping import Keeping

NOW = 1_800_000_000.0
KEEPING = Keeping(365 * DAY_SECONDS, 90 * DAY_SECONDS, 30 * DAY_SECONDS)


@pytest.fixture
def journal(bed, tmp_path):
    bed.put("talked_and_recorded")
    worker = bed.worker()
    worker.work()
    return Journal(worker.engine, bed, tmp_path)


class Journal:
    """Calls of some days, each with a recording and a voicemail on the disk."""

    def __init__(self, engine, bed, place):
        self.engine, self.log, self._bed = engine, bed.log, bed
        self.calls, self.box = place / "calls", place / "voicemail" / "sales"
        for folder in (self.calls, self.box):
            folder.mkdir(parents=True)

    def fill(self, *days):
        with self.engine.begin() as connection:
            columns = [column.name for column in store.calls.columns]
            (row,) = connection.execute(text("SELECT * FROM calls LIMIT 1")).mappings().all()
            connection.execute(text("DELETE FROM calls"))
            for age in days:
                name = f"call{age:04}"
                paths = {"recording": f"{self.calls}/{name}.wav", "voicemail": f"{self.box}/{name}.wav"}
                for path in paths.values():
                    with open(path, "w") as file:
                        file.write("sound")
                facts = {**row, **paths, "id": name, "started": NOW - age * DAY_SECONDS}
                connection.execute(store.calls.insert(), {each: facts[each] for each in columns})

    def apply(self, keeping=KEEPING, now=NOW):
        return Retention(lambda: keeping, self._bed.write).apply(self.engine, now, Event())

    def there(self, folder):
        return sorted(int(path.stem.removeprefix("call")) for path in folder.iterdir())

    def call(self, age):
        return whole_call(self.engine, f"call{age:04}")


DAYS = (5, 20, 29, 31, 60, 89, 91, 200, 364, 366)


def test_each_kind_goes_at_its_time_and_the_call_stays(journal):
    journal.fill(*DAYS)
    assert journal.apply() == 1  # of 366 days
    assert journal.there(journal.calls) == [5, 20, 29, 31, 60, 89]
    assert journal.there(journal.box) == [5, 20, 29]
    assert (journal.call(91).recording_gone, journal.call(91).gone_why) == (NOW, "retention")
    assert (journal.call(60).recording_gone, journal.call(60).voicemail_gone) == (0, NOW)
    assert journal.call(5).gone_why == ""
    assert journal.log == []


def test_the_call_says_that_its_sound_was_deleted(journal):
    journal.fill(20, 60)
    journal.apply()
    told = "\n".join(explain(journal.call(60), lambda at_s: f"<{at_s:.0f}>"))
    assert f"voicemail: deleted at <{NOW:.0f}> (retention)" in told
    assert f"recording: {journal.calls}/call0060.wav" in told


def test_calls_without_a_time_keep_their_rows(journal):
    journal.fill(20, 400)
    assert journal.apply(Keeping(0, 90 * DAY_SECONDS)) == 0
    assert journal.there(journal.calls) == [20]
    assert journal.there(journal.box) == [20, 400]
    assert journal.call(400).recording_gone == NOW


def test_nothing_is_deleted_twice_and_a_call_goes_when_its_sounds_went_before(journal):
    journal.fill(20, 60, 200)
    journal.apply()
    journal.apply(now=NOW + DAY_SECONDS)
    assert journal.call(200).recording_gone == NOW
    journal.fill(*range(366))
    journal.apply()
    for path in (*journal.calls.iterdir(), *journal.box.iterdir()):
        path.unlink()  # nothing shows any more that the disk is there
    with journal.engine.begin() as connection:
        gone = "UPDATE calls SET recording_gone = 1, voicemail_gone = 1"
        connection.execute(text(gone))
    assert journal.apply(Keeping(200 * DAY_SECONDS)) == 165
    assert journal.log == []


@pytest.mark.parametrize("missing", ["file", "folder"])
def test_a_sound_that_is_not_there(journal, missing):
    journal.fill(20, 91, 89)
    if missing == "file":
        (journal.calls / "call0091.wav").unlink()
    else:
        os.rename(journal.calls, journal.calls.with_name("unmounted"))
    journal.apply()
    assert (journal.call(91).recording_gone > 0) is (missing == "file")
    assert ("old recordings kept" in str(journal.log)) is (missing == "folder")


def test_a_sound_does_not_stay_noted_for_ever(journal):
    journal.fill(20, 90 + round(LONGEST_SECONDS / DAY_SECONDS) + 1)
    os.rename(journal.calls, journal.calls.with_name("unmounted"))
    journal.apply()
    assert journal.call(121).recording_gone == NOW


def test_killed_between_the_file_and_the_note(journal, monkeypatch):
    journal.fill(20, 91)
    note = kept_sounds.note_gone

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(kept_sounds, "note_gone", killed)
    with pytest.raises(KeyboardInterrupt):
        journal.apply()
    assert journal.call(91).recording_gone == 0
    monkeypatch.setattr(kept_sounds, "note_gone", note)
    journal.apply()
    assert journal.call(91).recording_gone == NOW


def test_a_link_is_removed_and_not_what_it_leads_to(journal, tmp_path):
    journal.fill(20, 91)
    other = tmp_path / "other.wav"
    other.write_text("of somebody else")
    (journal.calls / "call0091.wav").unlink()
    (journal.calls / "call0091.wav").symlink_to(other)
    journal.apply()
    assert other.exists()
    assert not (journal.calls / "call0091.wav").is_symlink()


def test_a_clock_that_jumps_empties_nothing(journal):
    journal.fill(*range(20))
    journal.apply(now=NOW + 366 * DAY_SECONDS)
    assert len(journal.there(journal.calls)) >= 19
    assert "is the clock right?" in str(journal.log)
