"""Fixtures of the journal's tests: real CDR files, spools, an empty database that is copied, a clock that is told."""

from __future__ import annotations

import pytest

from support.empty_journal import make_journal
from support.journal_bed import Bed
from support.postgresql import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]


@pytest.fixture
def make_bed(tmp_path):
    """Makes beds, each with a spool and a database of its own; closes them."""
    made: list[Bed] = []

    def make() -> Bed:
        folder = tmp_path / f"bed{len(made)}"
        (folder / "spool").mkdir(parents=True)
        make_journal(folder / "journal.db")
        made.append(Bed(folder))
        return made[-1]

    yield make
    for bed in made:
        bed.close()


@pytest.fixture
def bed(make_bed) -> Bed:
    """One bed."""
    return make_bed()
