"""A store of orders in a SQLite file of its own, with the tables made."""

from __future__ import annotations

import pytest

from routing.callbacks.store import CallbackStore
from routing.journal.database import open_database
from support.empty_journal import make_journal
from support.postgresql import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]


@pytest.fixture
def database(tmp_path) -> str:
    """The file of an empty database."""
    return make_journal(tmp_path / "journal.db")


@pytest.fixture
def store(database):
    """A store without orders."""
    engine = open_database(database, migrate=False)
    yield CallbackStore(engine)
    engine.dispose()
