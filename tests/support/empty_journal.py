"""An empty journal in SQLite: its tables are made once a process and copied from there."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from routing.journal.database import open_database


def make_journal(file: Path) -> str:
    """The file, made. Open it with ``migrate=False``."""
    file.write_bytes(_empty())
    return str(file)


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "journal.db"
        open_database(str(file)).dispose()
        return file.read_bytes()
