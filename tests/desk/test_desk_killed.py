"""Kill -9 of the desk, the journal, the engine and Redis while people work: what was acknowledged is there, whole.

``tools/faults_desk.py`` does the same for as long as one likes.
"""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from routing.store.program import program
from support.desk_killed import KINDS, DeskWorkers, MortalDesk
from support.desk_ledger import wrongs

pytestmark = [
    pytest.mark.process,
    pytest.mark.thorough,
    pytest.mark.skipif(program() is None, reason="there is no redis-server"),
]
KILLS = 24


def test_what_was_acknowledged_outlives_kills_of_everything(tmp_path: Path) -> None:
    bed = MortalDesk(tmp_path)
    try:
        bed.wait_served()
        with DeskWorkers(bed).working():
            for kind in random.sample([*KINDS], counts=[*KINDS.values()], k=12) * (KILLS // 12):
                bed.wait_served()
                time.sleep(random.expovariate(1.0))  # at any moment of what they do
                bed.kill(kind)
            bed.wait_served()
        assert wrongs(bed) == []
        for kind in ("link", "listen", "cancel", "state", "session", "export", "call"):
            assert bed.ledger.of(kind), f"nobody could {kind}"
        assert len(wrongs(_robbed(bed))) >= 3, "what is lost is found"
    finally:
        bed.stop()


def _robbed(bed: MortalDesk) -> MortalDesk:
    """The same without a line, a deed and a session."""
    call, order = bed.ledger.of("listen")[0], bed.ledger.of("cancel")[0]
    with closing(sqlite3.connect(bed.database, timeout=60)) as connection, connection:
        connection.execute("DELETE FROM desk_audit WHERE subject = ?", (call,))
        connection.execute("UPDATE callbacks SET status = 'ordered' WHERE id = ?", (order,))
        connection.execute("DELETE FROM desk_sessions WHERE name = 'ops'")
    return bed
