"""A store of orders in a SQLite file of its own, with the tables made."""

from __future__ import annotations

import pytest

from routing.callbacks.schema import metadata
from routing.callbacks.store import CallbackStore
from routing.journal import schema as journal
from routing.journal.database import open_database
from support.postgresql import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]


@pytest.fixture
def database(tmp_path) -> str:
    """The file of an empty database."""
    file = str(tmp_path / "journal.db")
    engine = open_database(file, migrate=False)
    metadata.create_all(engine)
    journal.metadata.create_all(engine)
    engine.dispose()
    return file


@pytest.fixture
def store(database):
    """A store without orders."""
    engine = open_database(database, migrate=False)
    yield CallbackStore(engine)
    engine.dispose()
