"""Takes a journal's database back to an earlier version, so that tests upgrade it anew."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from routing.journal import migrations
from routing.journal.database import open_database


def set_back(database: str, revision: str) -> Engine:
    """The journal as an earlier version had it, by each migration's own way back."""
    engine = open_database(database, migrate=False)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    return engine
