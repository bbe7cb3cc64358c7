"""What callers said at speech menus: recorded with its call, deleted in time, encrypted, forgotten; nothing is left."""

import os
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from routing.desk.forgetting import forget_client, traces
from routing.journal import parse, sealed, store, utterance_files, utterance_upkeep, utterances
from routing.journal.database import open_database
from routing.journal.explain import explain
from routing.journal.query import whole_call
from routing.journal.retention import DAY_SECONDS, LONGEST_SECONDS, Retention
from routing.journal.status import UNFINISHED
from routing.model.keeping import Keeping
from routing.model.recognition import AUDIO
from routing.model.utterance import day_of, wave
from routing.model.utterance_facts import UtteranceFacts
from routing.recorder.sealing import Sealing
from support.desk_calls import call
from support.journal_bed import CDR, cdr

NOW = 1_800_000_000.0
IDS = [f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abcd"]
PUBLIC, PRIVATE = sealed.new_pair()


class Kept:
    """A journal, and a node's recordings."""

    def __init__(self, place: Path, database: str) -> None:
        self.engine = open_database(database)
        self.recordings, self.lines = place / "recordings", []
        (self.recordings / "listen").mkdir(parents=True)
        (self.recordings / "calls").mkdir()

    def log(self, level: str, event: str, **facts: object) -> None:
        self.lines.append((event, facts))

    def audio(self, id_: str) -> str:
        return str(self.recordings / "listen" / f"{id_}.r16")

    def says(self, id_: str, heard: str = "sales", age_s: float = 0.0, keep_s: float = 14 * DAY_SECONDS) -> Path:
        """The engine keeps a phrase."""
        until = NOW - age_s + keep_s
        day = self.recordings / "utterances" / day_of(until)
        day.mkdir(parents=True, exist_ok=True)
        file = day / f"{id_}-{len([*day.glob(f'{id_}-*')]) + 1}.wav"
        file.write_bytes(wave(b"\1\2" * 99, UtteranceFacts(NOW - age_s, until, heard, 0.7, "sales", "english", "en")))
        os.utime(file, (NOW - age_s - 120,) * 2)
        return file

    def record(self, *ids: str, **facts: object) -> None:
        """The journal records calls."""
        store.record(
            self.engine,
            [
                call(id_, **({"started": NOW, "utterances": utterance_files.found(self.audio(id_))} | facts))
                for id_ in ids
            ],
        )

    def apply(self, utterances_s: float = 0.0, now: float = NOW, calls_s: float = 0.0) -> None:
        Retention(lambda: Keeping(calls_s, utterances_s=utterances_s), self.log).apply(self.engine, now, Event())

    def seal(self, now: float = NOW, **secrets: str) -> None:
        Sealing(lambda: ["y2026"], secrets, self.log).apply(self.engine, now, Event())

    def of(self, id_: str):
        return whole_call(self.engine, id_).utterances


@pytest.fixture(params=["", pytest.param("postgresql", marks=pytest.mark.process)])
def kept(tmp_path, request):
    """In SQLite, and in PostgreSQL."""
    made = Kept(tmp_path, request.getfixturevalue(request.param) if request.param else str(tmp_path / "journal.db"))
    yield made
    made.engine.dispose()


def test_a_call_has_what_its_caller_said(kept):
    for heard in ("something else", "sales"):
        kept.says(IDS[0], heard)
    kept.record(*IDS[:2])
    assert [(each.heard, each.confidence) for each in kept.of(IDS[0])] == [("something else", 0.7), ("sales", 0.7)]
    assert kept.of(IDS[1]) == ()
    lines = [*explain(whole_call(kept.engine, IDS[0]), str)]
    assert any('"sales", confidence 0.70' in line for line in lines)


def test_the_cdr_leads_to_the_files(kept):
    (file,) = (CDR / "caller_gives_up").glob("a_*.json")
    leg = cdr.read(file.read_bytes())
    place = parse.ParseContext(utterances_of=utterance_files.found)
    kept.says(leg.uuid)
    assert parse.call(leg, {}, place).utterances == ()
    with_audio = cdr.Cdr(leg.uuid, {**leg.variables, AUDIO: kept.audio(leg.uuid)}, leg.apps)
    assert [each.heard for each in parse.call(with_audio, {}, place).utterances] == ["sales"]


def test_they_go_when_it_was_said_that_they_would(kept):
    old, young = kept.says(IDS[0], age_s=15 * DAY_SECONDS), kept.says(IDS[1], age_s=13 * DAY_SECONDS)
    kept.record(*IDS[:2])
    kept.apply(14 * DAY_SECONDS)
    assert not old.exists() and young.exists()
    (gone,) = kept.of(IDS[0])
    assert (gone.gone, gone.gone_why, gone.heard) == (NOW, "retention", "")
    assert kept.of(IDS[1])[0].gone == 0


def test_a_project_that_keeps_none_any_more_still_deletes_old_ones_in_time(kept):
    files = [kept.says(IDS[at], age_s=age * DAY_SECONDS) for at, age in enumerate((15, 13))]
    kept.record(*IDS[:2])
    kept.apply(0.0)
    assert [file.exists() for file in files] == [False, True]
    kept.apply(0.0, now=NOW + 2 * DAY_SECONDS)
    assert not files[1].exists()


def test_a_shorter_time_of_now_counts_for_old_ones_too(kept):
    files = [kept.says(IDS[at], age_s=age * DAY_SECONDS) for at, age in enumerate((8, 6))]
    kept.record(*IDS[:2])
    kept.apply(7 * DAY_SECONDS)
    assert [file.exists() for file in files] == [False, True]


def test_a_clock_that_nothing_confirms_deletes_few(kept):
    ids = [f"{n:08}-0000-4000-8000-000000000000" for n in range(20)]
    files = [kept.says(id_) for id_ in ids]
    kept.record(*ids)
    kept.apply(14 * DAY_SECONDS, now=NOW + 400 * DAY_SECONDS)
    assert sum(file.exists() for file in files) == 19
    assert ("is the clock right?") in [event for event, _ in kept.lines]


def test_a_clock_is_not_doubted_while_nothing_is_due(kept):
    kept.says(IDS[0], keep_s=900 * DAY_SECONDS)
    kept.record(IDS[0])
    kept.apply(now=NOW + 400 * DAY_SECONDS)
    assert kept.lines == []


def test_they_go_with_their_call(kept):
    file = kept.says(IDS[0], age_s=5 * DAY_SECONDS)
    kept.record(IDS[0], started=NOW - 5 * DAY_SECONDS)
    kept.record(IDS[1])
    kept.apply(calls_s=3 * DAY_SECONDS)
    assert not file.exists() and whole_call(kept.engine, IDS[0]) is None
    assert utterances.count(kept.engine) == 0


def test_another_nodes_stay_until_it_deletes_them(kept):
    """Two nodes, one database: the folder is not here."""
    kept.says(IDS[0], age_s=15 * DAY_SECONDS)
    kept.record(IDS[0])
    here = kept.recordings.rename(kept.recordings.with_name("other node"))
    kept.apply(14 * DAY_SECONDS)
    kept.seal(RECORDING_KEY_Y2026=PUBLIC)
    assert kept.of(IDS[0])[0].gone == 0
    assert "old utterances kept" in [event for event, _ in kept.lines]
    here.rename(kept.recordings)
    kept.apply(14 * DAY_SECONDS)
    assert kept.of(IDS[0])[0].gone == NOW


def test_one_that_cannot_be_found_does_not_stay_for_ever(kept):
    kept.says(IDS[0], age_s=15 * DAY_SECONDS).rename(kept.recordings / "moved.wav")
    kept.record(IDS[1], utterances=())
    store.record(kept.engine, [call(IDS[0], started=NOW, utterances=(_away(kept),))])
    kept.recordings.rename(kept.recordings.with_name("gone"))
    kept.apply(now=NOW + LONGEST_SECONDS)
    assert kept.of(IDS[0])[0].gone


def _away(kept):
    return replace(_any(kept), path=f"{kept.recordings}/utterances/2026-01-01/{IDS[0]}-1.wav", until=NOW - 5)


def _any(kept):
    kept.says(IDS[3])
    return utterance_files.found(kept.audio(IDS[3]))[0]


def test_a_kill_between_file_and_row_is_mended(kept):
    kept.says(IDS[0], age_s=15 * DAY_SECONDS).exists()
    kept.record(IDS[0])
    Path(kept.of(IDS[0])[0].path).unlink()
    kept.apply(14 * DAY_SECONDS)
    assert kept.of(IDS[0])[0].gone == NOW


def test_files_of_a_call_whose_cdr_never_came_are_found_by_their_names(kept):
    kept.says(IDS[0])
    kept.record(IDS[0])
    file = kept.says(IDS[1])
    kept.record(IDS[1], status=UNFINISHED, utterances=())
    assert kept.of(IDS[1]) == ()
    kept.apply(14 * DAY_SECONDS)
    assert [each.path for each in kept.of(IDS[1])] == [str(file)]
    assert utterance_upkeep.adopt(kept.engine, kept.recordings / "utterances") == 0


def test_a_file_of_no_call_goes_when_its_day_is_over(kept):
    kept.says(IDS[0])
    kept.record(IDS[0])
    lost, mine = kept.says(IDS[1], age_s=15 * DAY_SECONDS), kept.says(IDS[2], age_s=15 * DAY_SECONDS)
    others = mine.rename(mine.with_name("notes.txt"))
    left = lost.with_name(f".{IDS[1]}-1.wav.0123456789abcdef.sealing")
    left.write_bytes(b"half")
    kept.apply(14 * DAY_SECONDS)
    assert not lost.exists() and not left.exists() and others.exists()
    others.unlink()
    kept.apply(14 * DAY_SECONDS)
    assert not lost.parent.exists()


def test_its_folder_is_remembered_when_the_last_call_is_gone(kept):
    kept.says(IDS[0], age_s=13 * DAY_SECONDS)
    kept.record(IDS[0], started=NOW - 13 * DAY_SECONDS)
    lost = kept.says(IDS[1], age_s=13 * DAY_SECONDS)
    retention = Retention(lambda: Keeping(14 * DAY_SECONDS), kept.log, trusts_clock=True)
    for days in range(3):
        retention.apply(kept.engine, NOW + days * DAY_SECONDS, Event())
    assert whole_call(kept.engine, IDS[0]) is None and not lost.exists()


def test_a_cdr_that_comes_late_does_not_lose_what_is_encrypted(kept):
    kept.says(IDS[0])
    kept.record(IDS[0], status=UNFINISHED)
    kept.seal(RECORDING_KEY_Y2026=PUBLIC)
    kept.record(IDS[0])
    assert whole_call(kept.engine, IDS[0]).status == "no answer"
    assert [each.heard for each in kept.of(IDS[0])] == ["sales"]


def test_they_are_encrypted_for_the_keys_of_recordings(kept):
    file = kept.says(IDS[0])
    whole = file.read_bytes()
    kept.record(IDS[0])
    kept.seal()
    assert file.exists() and kept.lines[-1][1]["problem"] == "the secret RECORDING_KEY_Y2026 is not set"
    kept.seal(RECORDING_KEY_Y2026=PUBLIC)
    assert os.listdir(file.parent) == [f"{file.name}.age"]
    keys = sealed.identities({"RECORDING_IDENTITY_Y2026": PRIVATE})
    with open(f"{file}.age", "rb") as closed, os.fdopen(sealed.opened(closed, keys), "rb") as clear:
        assert clear.read() == whole
    assert utterances.to_seal(kept.engine, (0.0, ""), 9) == []
    kept.apply(14 * DAY_SECONDS, now=NOW + 15 * DAY_SECONDS)
    assert not file.parent.exists() or os.listdir(file.parent) == []


def test_a_client_is_forgotten_with_what_they_said(kept):
    file, other = kept.says(IDS[0]), kept.says(IDS[1])
    kept.record(IDS[0])
    kept.record(IDS[1], client="+380679999999", caller="+380679999999")
    assert traces(kept.engine, "shop", "+380671234567").sounds == 1
    assert forget_client(kept.engine, "shop", "+380671234567", None).kept == 0
    assert not file.exists() and other.exists()
    assert utterances.count(kept.engine) == 1


def test_legs_that_went_on_bring_theirs_to_the_call(kept):
    kept.record(IDS[0])
    file = kept.says(IDS[1])
    more = call(IDS[1], started=NOW, utterances=utterance_files.found(kept.audio(IDS[1])))
    store.go_on(kept.engine, IDS[0], more)
    store.go_on(kept.engine, IDS[0], more)
    assert [each.heard for each in kept.of(IDS[0])] == ["sales"]
    kept.apply(14 * DAY_SECONDS, now=NOW + 13.99 * DAY_SECONDS)
    assert file.exists()
    kept.apply(13 * DAY_SECONDS, now=NOW + 13.9 * DAY_SECONDS)
    assert kept.of(IDS[0])[0].gone and not file.exists(), "its name is that of the leg"
