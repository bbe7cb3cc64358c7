"""New journals of tests as copies of one whose tables stand: making them anew takes a tenth of a second a test."""

from __future__ import annotations

import sqlite3
from functools import cache

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from routing.journal import database

_migrate = database.upgrade


def copy_new_journals() -> None:
    """From now on a new SQLite journal gets its tables as a copy; any other database is migrated as ever."""
    database.upgrade = _upgrade


def _upgrade(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            mine = connection.connection.driver_connection
            if not mine.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                connection.rollback()
                _ready().backup(mine)
    _migrate(engine)


@cache
def _ready() -> sqlite3.Connection:
    """A journal in memory, made by the migrations; it lives as long as the process."""
    made = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    _migrate(made)
    return made.raw_connection().driver_connection
