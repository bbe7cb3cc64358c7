"""A journal of an older version: every row comes along, once; what goes wrong on the way leaves it as it was."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError

from routing.journal import database
from routing.journal.database import DatabaseFault, downgrade, lost_by, newest, open_database, opened_database, version
from support.journal_bed import Bed
from support.journal_tables import TABLES
from support.older_journals import KEPT, Rows, contents, same_rows, sqlite_journal
from support.postgresql import postgresql, postgresql_server
from support.processes import launch

__all__ = ["postgresql", "postgresql_server"]
pytestmark = pytest.mark.process

#: What the kept journals have recorded.
CASES = ("voicemail_unconfirmed_mobile", "webhook_person_silent", "closed", "menu_colleague", "talked_and_recorded",
         "labelled")  # fmt: skip
Make = Callable[[str], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Makes the journal of an older version; its address."""
    if request.param == "sqlite":
        return lambda version: sqlite_journal(version, tmp_path / "journal.db")
    url: str = request.getfixturevalue("postgresql")

    def make(version: str) -> str:
        same_rows(version, tmp_path / "source.db", url)
        return url

    return make


def _kept(before: Rows, after: Rows) -> None:
    """Each row of a table that both have is there with all that it said, and no other row."""
    for table in before.keys() & after.keys() - {"journal_version", "marks", "involved"}:
        columns = sorted(set(before[table][0] if before[table] else ()) & set(after[table][0] if after[table] else ()))
        assert len(before[table]) == len(after[table]), table
        for old, new in zip(_of(before[table], columns), _of(after[table], columns), strict=True):
            assert old == new, table


def _of(rows: list[dict[str, object]], columns: list[str]) -> list[str]:
    return sorted(str([row[name] for name in columns]) for row in rows)


@pytest.mark.parametrize("revision", KEPT)
def test_every_row_comes_along_and_no_call_is_recorded_again(older: Make, tmp_path: Path, revision: str) -> None:
    url = older(revision)
    before = contents(url)
    assert len(before["calls"]) == len(CASES) and all(before[name] for name in ("steps", "legs"))
    with opened_database(url) as engine:
        assert version(engine) == newest()
        with engine.connect() as connection:
            different = compare_metadata(MigrationContext.configure(connection), TABLES)
        assert [change for change in different if "journal_version" not in str(change)] == []
    _kept(before, contents(url))
    bed = Bed(tmp_path)
    bed.spool.mkdir()
    bed.database = url
    bed.put(*CASES)  # FreeSWITCH's files were still there when the older version was ended
    worker = bed.worker()
    assert worker.work() == 0 and worker.counts.known_already == len(CASES) and bed.left() == []
    bed.close()
    _kept({name: before[name] for name in ("calls", "steps", "legs")}, contents(url))


@pytest.mark.parametrize("revision", KEPT)
def test_the_way_back_keeps_every_call(older: Make, revision: str) -> None:
    url = older(revision)
    before = contents(url)
    with opened_database(url) as engine:
        assert [line[:4] for line in lost_by(newest(), revision)][-1] == f"{int(revision) + 1:04}"
        downgrade(engine, revision)
        assert version(engine) == revision
    _kept(before, contents(url))


def test_a_newer_programs_journal_is_refused_with_the_way_back(older: Make) -> None:
    url = older("0025")
    with opened_database(url) as engine, engine.begin() as connection:
        connection.exec_driver_sql("UPDATE journal_version SET version_num = '9999'")
    before = contents(url)
    with pytest.raises(DatabaseFault) as refused:
        open_database(url)
    assert "is a newer program's" in str(refused.value) and f"`routing downgrade {newest()}`" in str(refused.value)
    assert contents(url) == before


def test_a_full_disk_leaves_the_older_journal_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = sqlite_journal("0003", tmp_path / "journal.db")
    before, made = contents(file), database.create_engine

    def on_a_full_disk(*arguments: object, **words: object) -> object:
        engine = made(*arguments, **words)
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=1"))
        return engine

    monkeypatch.setattr(database, "create_engine", on_a_full_disk)
    with pytest.raises(DatabaseError, match="database or disk is full"):
        open_database(file)
    monkeypatch.undo()
    assert contents(file) == before
    open_database(file).dispose()
    _kept(before, contents(file))


#: Opens a journal and is killed, without a chance to say anything, before its statement N, or in the commit (0).
_KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from routing.journal.database import open_database
left = int(sys.argv[2])
def end(*_): os.kill(os.getpid(), signal.SIGKILL)
def count(*_):
    global left
    left -= 1
    if not left: end()
event.listen(Engine, "before_cursor_execute", count)
if not left: event.listen(Engine, "commit", end)
open_database(sys.argv[1])
"""


@pytest.mark.parametrize("at", [0, 5, 20, 60, 90, 110])
def test_killed_on_the_way_it_leaves_the_older_journal_as_it_was(older: Make, at: int) -> None:
    url = older("0003")
    before = contents(url)
    done = subprocess.run([sys.executable, "-c", _KILLED, url, str(at)], capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    assert contents(url) == before
    open_database(url).dispose()
    _kept(before, contents(url))


def test_two_programs_of_the_new_version_take_turns(older: Make) -> None:
    url = older("0003")
    before = contents(url)
    script = "import sys; from routing.journal.database import open_database; open_database(sys.argv[1])"
    both = [launch([sys.executable, "-c", script, url], stderr=subprocess.PIPE) for _ in range(3)]
    assert [each.communicate()[1] for each in both] == [b"", b"", b""] and not any(each.returncode for each in both)
    _kept(before, contents(url))
