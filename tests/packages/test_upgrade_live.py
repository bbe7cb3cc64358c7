"""The version before, from git, and this one work on one journal while calls end: none is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from routing.callbacks.store import CallbackStore
from routing.journal.database import downgrade, newest, open_database, opened_database, version
from support.journal_bed import CDR
from support.older_journals import COMMIT, HOME, contents, older_program, started
from support.postgresql import postgresql, postgresql_server
from support.processes import launch
from support.switchbed.waiting import until

__all__ = ["postgresql", "postgresql_server"]
pytestmark = pytest.mark.process

CASE = CDR / "menu_colleague"


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The older program's folder."""
    found = older_program(tmp_path_factory.mktemp("older"))
    if found is None:
        pytest.skip(f"git does not have the version before ({COMMIT})")
    return found


class LiveNode:
    """A spool into which calls end, and the journal's address."""

    def __init__(self, folder: Path, url: str) -> None:
        self.spool, self.url, self.log = folder / "spool", url, folder / "log"
        self.calls: list[str] = []
        self.spool.mkdir()

    def carry(self, count: int) -> None:
        """FreeSWITCH ends so many calls, each with a second leg."""
        names = [file.name.removesuffix(".cdr.json").removeprefix("a_") for file in sorted(CASE.iterdir())]
        for _ in range(count):
            new = [str(uuid.uuid4()) for _ in names]
            for file in sorted(CASE.iterdir(), reverse=True):  # the second leg ends first
                text, name = file.read_text(encoding="utf-8"), file.name
                for old, other in zip(names, new, strict=True):
                    text, name = text.replace(old, other), name.replace(old, other)
                (self.spool / name).write_text(text, encoding="utf-8")
                if name.startswith("a_"):
                    self.calls.append(name[2:38])

    def journal(self, program: Path, *arguments: str) -> object:
        """`routing journal` of a version."""
        return started(program, "journal", "--spool", self.spool, "--database", self.url, *arguments, log=self.log)

    def waiting(self) -> list[str]:
        """Files of calls in the spool."""
        return [file.name for file in self.spool.glob("*.json")]

    def recorded(self) -> Counter[str]:
        """Calls in the journal."""
        return Counter(row["id"] for row in contents(self.url).get("calls", []))

    def each_is_recorded_once(self) -> None:
        found = contents(self.url)
        assert Counter(row["id"] for row in found["calls"]) == Counter(self.calls)
        for table, of_a_call in (("steps", 1), ("legs", 1)):
            each = Counter(row["call"] for row in found[table])
            assert set(each) == set(self.calls) and set(each.values()) == {of_a_call}, table


@pytest.fixture(params=["sqlite", "postgresql"])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> LiveNode:
    url = str(tmp_path / "journal.db") if request.param == "sqlite" else request.getfixturevalue("postgresql")
    return LiveNode(tmp_path, url)


def _went(node: LiveNode) -> Callable[[], str]:
    return lambda: node.log.read_text(encoding="utf-8")[-2000:]


def test_no_call_is_lost_or_doubled_on_the_way(live: LiveNode, older: Path) -> None:
    """The journal of before, the new engine or desk beside it, a kill in the middle, the new journal."""
    live.carry(10)
    before = live.journal(older)
    until(lambda: not live.waiting(), 60)
    live.carry(10)
    open_database(live.url).dispose()  # what the new engine or desk does first
    live.carry(10)
    until(lambda: not live.waiting(), 60)
    assert before.poll() is None, _went(live)()
    live.carry(30)
    before.send_signal(signal.SIGKILL)
    before.wait()
    live.carry(10)
    new = live.journal(HOME)
    until(lambda: not live.waiting(), 60)
    new.terminate()
    assert new.wait() == 0, _went(live)()
    live.each_is_recorded_once()


#: The engine of before: it has opened the database, and orders a call back when it is told to.
_ORDERS = """
import sys
from routing.callbacks.store import CallbackStore
from routing.journal.database import open_database
from routing.model.callback import CallbackOrder, CallbackSource
store = CallbackStore(open_database(sys.argv[1]))
for line in sys.stdin:
    facts = dict(project="shop", scheme="sales", source=CallbackSource.API)
    facts |= dict(created_s=1.0, not_before_s=1.0, expires_s=9e9)
    store.order(CallbackOrder(id=line.strip(), number="+38067" + line.strip(), **facts))
    print(store.find(line.strip()).id, flush=True)
"""


def test_orders_of_the_old_engine_are_read_by_the_new_programs(live: LiveNode, older: Path) -> None:
    """It has the database open while the new journal brings the tables up to date."""
    command, pipe = [sys.executable, "-c", _ORDERS, live.url], subprocess.PIPE
    environment = os.environ | {"PYTHONPATH": str(older)}
    with launch(command, cwd=older, env=environment, stdin=pipe, stdout=pipe, text=True) as engine:
        assert engine.stdin is not None and engine.stdout is not None
        for name in ("1234567", "7654321"):
            engine.stdin.write(f"{name}\n")
            engine.stdin.flush()
            assert engine.stdout.readline() == f"{name}\n"
            live.carry(2)
            assert live.journal(HOME, "--once").wait() == 0, _went(live)()
        engine.stdin.close()
        assert engine.wait() == 0
    with opened_database(live.url) as database:
        assert version(database) == newest()
        assert {order.number for order in CallbackStore(database).open("shop")} == {"+380671234567", "+380677654321"}
    live.each_is_recorded_once()


def test_the_old_program_touches_no_newer_journal_and_leaves_the_calls_in_the_spool(
    live: LiveNode, older: Path
) -> None:
    with opened_database(live.url) as engine:
        assert version(engine) == newest()
    live.carry(2)
    before, waiting = contents(live.url), live.waiting()
    assert live.journal(older, "--once").wait() != 0
    assert contents(live.url) == before and live.waiting() == waiting


def test_the_old_program_goes_on_after_a_downgrade(live: LiveNode, older: Path) -> None:
    live.carry(3)
    assert live.journal(HOME, "--once").wait() == 0, _went(live)()
    with opened_database(live.url) as engine:
        downgrade(engine, "0025")
    live.carry(3)
    assert live.journal(older, "--once").wait() == 0, _went(live)()
    live.each_is_recorded_once()
