"""Journals of older versions: as one of them left it (`tests/packages/journals`), and programs of one from git."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, insert, inspect, select

from routing.journal import migrations
from routing.journal.database import open_database
from support.processes import launch

HOME = Path(__file__).resolve().parents[2]
FOLDER = HOME / "tests/packages/journals"
#: Versions of tables whose journals are kept: six calls, and rows of every table that there was.
KEPT = ("0003", "0018", "0025")
#: A commit whose journal has the tables of version 0025.
COMMIT = "7e0b6219"

Rows = dict[str, list[dict[str, Any]]]


def sqlite_journal(version: str, file: Path) -> str:
    """The journal as the older version wrote it; its file."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((FOLDER / f"{version}.sql").read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode=WAL")
    return str(file)


def same_rows(version: str, file: Path, url: str) -> None:
    """Make the same journal in another database."""
    ours, theirs = open_database(sqlite_journal(version, file), migrate=False), open_database(url, migrate=False)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with theirs.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    tables = MetaData()
    tables.reflect(theirs)
    with ours.connect() as source, theirs.begin() as target:
        for table in tables.sorted_tables:
            rows = [dict(row) for row in source.execute(select(table)).mappings()]
            if rows and table.name != "journal_version":
                target.execute(insert(table), rows)
    ours.dispose()
    theirs.dispose()


def contents(url: str) -> Rows:
    """Every row of every table, in a fixed order."""
    engine = open_database(url, migrate=False)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=str)
            for name, table in tables.tables.items()
        }
    engine.dispose()
    return found


def described(engine: Engine) -> dict[str, set[str]]:
    """Table -> its columns."""
    looked = inspect(engine)
    return {name: {column["name"] for column in looked.get_columns(name)} for name in looked.get_table_names()}


def older_program(folder: Path) -> Path | None:
    """The program of COMMIT below a folder; None where git does not have it."""
    found = subprocess.run(["git", "archive", COMMIT, "routing"], cwd=HOME, capture_output=True, check=False)
    if found.returncode:
        return None
    with tarfile.open(fileobj=BytesIO(found.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def started(program: Path, *arguments: object, log: Path) -> subprocess.Popen[Any]:
    """`routing ARGUMENTS` of the version in a folder, with this environment's libraries."""
    environment = os.environ | {"PYTHONPATH": str(program)}
    with log.open("ab") as lines:
        command = [sys.executable, "-m", "routing", *arguments]
        return launch(command, cwd=program, env=environment, stdout=lines, stderr=lines)
