"""Opens the journal's database by URL and brings its tables up to date. SQLite is the default, PostgreSQL by URL.

Knows nothing of calls.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

#: Seconds that SQLite waits for another writer.
BUSY_SECONDS = 30
#: How a URL begins whose slashes are missing: no file is called so.
_SERVER = re.compile(r"(sqlite|postgres(ql)?|mysql|mariadb):", re.IGNORECASE)
#: The key of PostgreSQL's advisory lock around migrations; any constant.
_LOCK = 7_202_611


class DatabaseFault(Exception):
    """The URL cannot be used; the text says why."""


def open_database(url: str, migrate: bool = True) -> Engine:
    """The engine of a ``sqlite:///file`` or ``postgresql://...`` URL, or of a file's path; tables are made if absent.

    Raises DatabaseFault for an unusable URL and SQLAlchemy's errors when the database is not there.
    """
    try:
        parsed = make_url(url if "://" in url or _SERVER.match(url) else f"sqlite:///{url}")
    except ArgumentError:
        raise DatabaseFault(
            "the database's URL is not one: write `sqlite:///journal.db` or `postgresql://host/name`"
        ) from None
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseFault(f"no database `{parsed.get_backend_name()}`: sqlite and postgresql are known")
    if parsed.get_backend_name() == "sqlite" and parsed.database and Path(parsed.database).is_dir():
        raise DatabaseFault(f"{parsed.database} is a folder (hint: {parsed.database}/journal.db)")
    engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    if engine.dialect.name == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            keep_private(Path(parsed.database))
        _prepare_sqlite(engine)
    try:
        if migrate:
            upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def shown(url: str) -> str:
    """A database's file or URL for a message, its password masked."""
    try:
        return make_url(url).render_as_string(hide_password=True) if "://" in url else url
    except ArgumentError:
        return "database"


def keep_private(file: Path) -> None:
    """Restrict the journal's files, because callers' numbers are personal data: a new file is readable by its owner
    only, an existing one also by its group, if the operator allowed that (SQLite gives its other files the same
    mode)."""
    with suppress(OSError):  # it exists, or SQLite reports the error
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm"), Path(f"{file}-journal")):
        try:
            mode = stat.S_IMODE(each.stat().st_mode)
            if mode & 0o007:
                each.chmod(mode & 0o770)
        except OSError:
            continue  # it does not exist, or belongs to another user


@contextmanager
def opened_database(url: str) -> Iterator[Engine]:
    """`open_database`, closed at the end."""
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


def upgrade(engine: Engine) -> None:
    """Apply missing migrations; concurrent processes take turns. An up-to-date journal is only read, so that users
    without write permission can open it.

    Raises DatabaseFault for the journal of a newer program: its tables are left alone.
    """
    if (found := version(engine)) == newest():
        return
    if found:
        _refuse_newer(found)
    with _migrating(engine) as config:
        command.upgrade(config, "head")


def version(engine: Engine) -> str | None:
    """The version of the journal's tables, such as ``0027``; None where there are none yet."""
    with engine.connect().execution_options(reads=True) as connection:
        return MigrationContext.configure(connection, opts={"version_table": "journal_version"}).get_current_revision()


def newest() -> str:
    """The version of tables that this program writes."""
    return _revisions()[0]


def lost_by(found: str, older: str) -> list[str]:
    """What `downgrade` from a version to an older one removes: a sentence for each step, the newest first.

    Raises DatabaseFault where the other version is not older, or unknown.
    """
    _refuse_newer(found)
    known = _revisions()
    if older not in known or known.index(older) < known.index(found):
        raise DatabaseFault(f"`{older}` is no older version: the journal's tables are of version {found}")
    scripts = ScriptDirectory.from_config(_migrations())
    steps = [scripts.get_revision(name) for name in known[known.index(found) : known.index(older)]]
    return [f"{step.revision} ({step.doc}): {step.module.downgrade.__doc__}" for step in steps]


def downgrade(engine: Engine, older: str) -> None:
    """Give the journal the tables of an older program, in one transaction: all of it happens, or nothing."""
    with _migrating(engine) as config:
        command.downgrade(config, older)


def _refuse_newer(found: str) -> None:
    if found not in _revisions():
        raise DatabaseFault(
            f"the journal is a newer program's: its tables are of version {found}, this program knows those up to "
            f"{newest()} (hint: start the newer program again, or run its `routing downgrade {newest()}` first)"
        )


@contextmanager
def _migrating(engine: Engine) -> Iterator[Config]:
    """Alembic's settings on a transaction of which there is one at a time."""
    config = _migrations()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        config.attributes["connection"] = connection
        yield config


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", re.sub("%", "%%", str(Path(__file__).parent / "migrations")))
    return config


@cache
def _revisions() -> tuple[str, ...]:
    """Every version of the tables, the newest first."""
    return tuple(each.revision for each in ScriptDirectory.from_config(_migrations()).walk_revisions())


def _prepare_sqlite(engine: Engine) -> None:
    """Set up readers in parallel with a writer (WAL), commits that survive a power cut, and transactions that begin as
    writers: the driver's own begin comes too late for two workers."""

    @event.listens_for(engine, "connect")
    def _connect(connection: SqliteConnection, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
