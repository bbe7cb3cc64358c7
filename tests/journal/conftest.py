"""Fixtures of the journal's tests: real CDR files, spools, an empty database that is copied, a clock that is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from routing.journal.database import open_database
from support.journal_bed import Bed
from support.postgresql import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]


@pytest.fixture(scope="session")
def empty_journal(tmp_path_factory) -> Path:
    """A SQLite file with the tables made."""
    file = tmp_path_factory.mktemp("journal") / "empty.db"
    open_database(str(file)).dispose()
    return file


@pytest.fixture
def make_bed(tmp_path, empty_journal):
    """Makes beds, each with a spool and a database of its own; closes them."""
    made: list[Bed] = []

    def make() -> Bed:
        folder = tmp_path / f"bed{len(made)}"
        (folder / "spool").mkdir(parents=True)
        shutil.copy(empty_journal, folder / "journal.db")
        made.append(Bed(folder))
        return made[-1]

    yield make
    for bed in made:
        bed.close()


@pytest.fixture
def bed(make_bed) -> Bed:
    """One bed."""
    return make_bed()
