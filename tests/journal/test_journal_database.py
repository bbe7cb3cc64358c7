"""Tables by migrations, SQLite and PostgreSQL alike."""

import importlib.util
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from routing.journal import query, store
from routing.journal.database import DatabaseFault, open_database, opened_database
from routing.journal.query import CallFilter
from routing.journal.record import StepRecord
from support.desk_calls import call
from support.empty_journal import make_journal
from support.journal_bed import CDR, Bed
from support.journal_tables import TABLES
from support.set_back import set_back

pytestmark = pytest.mark.process

VERSIONS = (
    "routing.journal.migrations.versions.0001_calls",
    "routing.journal.migrations.versions.0002_notices",
    "routing.journal.migrations.versions.0003_notified_addressees",
    "routing.journal.migrations.versions.0004_results",
    "routing.journal.migrations.versions.0005_tags",
    "routing.journal.migrations.versions.0006_node",
    "routing.journal.migrations.versions.0007_callbacks",
    "routing.journal.migrations.versions.0008_settling",
    "routing.journal.migrations.versions.0009_callback_doors",
    "routing.journal.migrations.versions.0010_callback_notices",
    "routing.journal.migrations.versions.0011_desk",
    "routing.journal.migrations.versions.0012_colleagues",
    "routing.journal.migrations.versions.0013_figures",
    "routing.journal.migrations.versions.0014_held",
    "routing.journal.migrations.versions.0015_callback_refusals",
    "routing.journal.migrations.versions.0016_involved",
    "routing.journal.migrations.versions.0017_desk_mails",
    "routing.journal.migrations.versions.0018_callback_requests",
    "routing.journal.migrations.versions.0019_audit_outcome",
    "routing.journal.migrations.versions.0020_exports",
    "routing.journal.migrations.versions.0021_client_name",
    "routing.journal.migrations.versions.0022_needed_views",
    "routing.journal.migrations.versions.0023_sounds",
    "routing.journal.migrations.versions.0024_ratings",
    "routing.journal.migrations.versions.0025_sounds_of_others",
    "routing.journal.migrations.versions.0026_queues_and_names",
    "routing.journal.migrations.versions.0027_utterances",
    "routing.journal.migrations.versions.0028_floods",
)

CASES = [path.name for path in sorted(CDR.iterdir())]


def test_migrations_make_exactly_the_tables_that_are_used(tmp_path):
    engine = create_engine(f"sqlite:///{make_journal(tmp_path / 'journal.db')}")
    with engine.connect() as connection:
        different = compare_metadata(MigrationContext.configure(connection), TABLES)
    engine.dispose()
    assert [change for change in different if "journal_version" not in str(change)] == []


def test_migrations_are_in_the_package():
    """Alembic runs them by path: an installed package must have them as files."""
    for name in ("routing.journal.migrations.env", *VERSIONS):
        assert importlib.util.find_spec(name).has_location


def test_opening_twice_changes_nothing(bed):
    open_database(bed.database).dispose()
    assert bed.rows("journal_version") == [(max(VERSIONS).rpartition(".")[2][:4],)]


def test_steps_of_a_journal_that_is_there_get_the_results_that_new_ones_have(bed):
    """Taken by this version, set back to the last one, opened again."""
    bed.put(*CASES)
    bed.worker().work()
    fresh = bed.rows("steps")
    set_back(bed.database, "0003")
    open_database(bed.database).dispose()
    assert bed.rows("steps") == fresh


@pytest.mark.parametrize("revision", ["0025", "0015"])
def test_calls_of_a_journal_that_is_there_are_found_by_what_new_ones_are(bed, revision):
    bed.put(*CASES)
    bed.worker().work()
    waits = StepRecord(1, "shop", "1", "queue", 1.0, 30.0, "orders / longest wait", "gave up", result="gave_up")
    with opened_database(bed.database) as engine:
        store.record(engine, [call("waited", steps=(waits, replace(waits, n=2)))])
    fresh = bed.rows("involved"), bed.rows("marks")
    assert all(len(rows) > 20 for rows in fresh)
    assert {row[0] for row in fresh[1]} >= {"scheme", "queue", "tag", "word"}
    set_back(bed.database, revision)
    open_database(bed.database).dispose()
    # a journal that knew no names of clients has only those of sites
    is_kept = {"0025": fresh[1], "0015": [row for row in fresh[1] if row[0] != "word"]}[revision]
    found = [row for row in bed.rows("marks") if revision == "0025" or row[0] != "word"]
    assert (bed.rows("involved"), found) == (fresh[0], is_kept)


def test_lines_of_exports_lose_the_numbers_that_nobody_could_forget(bed):
    subjects = "client=067+123+45+67", "period=7d&client=%2B380671234567&tag=x", "client=067&tag=client", "tag=client"
    engine = set_back(bed.database, "0018")
    with engine.begin() as connection:
        for subject in subjects:
            values = {"action": "export_calls", "subject": subject}
            connection.execute(text("INSERT INTO desk_audit (action, subject) VALUES (:action, :subject)"), values)
    engine.dispose()
    open_database(bed.database).dispose()
    assert [row[6] for row in bed.rows("desk_audit")] == ["", "period=7d&tag=x", "tag=client", "tag=client"]


def test_sqlite_outlives_a_power_cut_and_is_read_while_it_is_written(bed):
    with bed.worker().engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2


@pytest.mark.parametrize("url", ["mysql://host/x", "://", "oracle+x://"])
def test_urls_that_cannot_be_used(url):
    with pytest.raises(DatabaseFault):
        open_database(url)


def test_a_file_below_a_missing_folder(tmp_path):
    open_database(str(tmp_path / "a" / "journal.db")).dispose()
    assert (tmp_path / "a" / "journal.db").exists()


def test_postgresql_has_the_same_journal(make_bed, postgresql):
    sqlite = make_bed()
    sqlite.put(*CASES)
    sqlite.worker().work()
    other: Bed = make_bed()
    other.database = postgresql
    open_database(postgresql).dispose()
    open_database(postgresql).dispose()
    other.put(*CASES)
    one, two = other.worker(), other.worker()
    theirs = [two.gatherer.call(uuid) for uuid in two.gatherer.spool.listing().a_legs]
    assert one.work() == len(CASES)
    two._record([each for each in theirs if each])
    assert two.counts.known_already == len(CASES) and other.left() == []
    for table in ("steps", "legs", "involved", "marks"):
        assert other.rows(table) == sqlite.rows(table)
    for question in (
        CallFilter(),
        CallFilter(scheme="order"),
        CallFilter(status="proper"),
        CallFilter(caller="+38067"),
    ):
        asked = [list(query.find(worker.engine, question)) for worker in (one, sqlite.worker())]
        assert _comparable(asked[0]) == _comparable(asked[1])
    with one.engine.connect() as connection:
        different = compare_metadata(MigrationContext.configure(connection), TABLES)
    assert [change for change in different if "journal_version" not in str(change)] == []


def _comparable(rows):
    return [{**row, "remembered": bool(row["remembered"]), "asked_ms": round(row["asked_ms"], 2)} for row in rows]
