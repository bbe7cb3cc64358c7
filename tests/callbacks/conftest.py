"""A store of orders in a SQLite file of its own, with the tables made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from routing.callbacks.store import CallbackStore
from routing.journal.database import open_database
from support.postgresql import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]


@pytest.fixture(scope="session")
def empty_journal(tmp_path_factory) -> Path:
    """A SQLite file with the tables made."""
    file = tmp_path_factory.mktemp("callbacks") / "empty.db"
    open_database(str(file)).dispose()
    return file


@pytest.fixture
def database(tmp_path, empty_journal) -> str:
    """The file of an empty database."""
    return shutil.copy(empty_journal, str(tmp_path / "journal.db"))


@pytest.fixture
def store(database):
    """A store without orders."""
    engine = open_database(database, migrate=False)
    yield CallbackStore(engine)
    engine.dispose()
