"""Several processes write at once, to SQLite and PostgreSQL: one open order a client, one start an order."""

import multiprocessing
from collections import Counter

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from routing.callbacks import leases
from routing.callbacks.store import CallbackStore
from routing.journal.database import open_database
from support.callback_orders import NOW, PROJECT, an_order
from support.journal_tables import TABLES

pytestmark = pytest.mark.process

CLIENTS, ROUNDS = 5, 8


def _numbers():
    return [f"+38067123456{n}" for n in range(CLIENTS)]


def _write(url: str, writer: int, results) -> None:
    """Order for each client again and again, dial and finish whatever is due; report what was started."""
    engine = open_database(url, migrate=False)
    store, started = CallbackStore(engine), []
    token = leases.take(engine, PROJECT, "engine", NOW, 1e9)  # both processes belong to one engine: the worst case
    for n in range(ROUNDS):
        for number in _numbers():
            store.order(an_order(id=f"{writer}-{n}-{number}", number=number, created_s=NOW + n, tries_left=9))
        for order in store.due(PROJECT, NOW + n, 99):
            uuid = f"{writer}-{n}-{order.id}"
            if store.start(order.id, uuid, token, NOW + n):
                started.append((order.id, uuid))
                store.finish(uuid, "NORMAL_CLEARING", 3, NOW + n)
                store.finish(uuid, "USER_BUSY", 0, NOW + n)
    engine.dispose()
    results.put(started)


def _carry(url: str) -> None:
    open_database(url).dispose()
    spawn = multiprocessing.get_context("spawn")
    results = spawn.Queue()
    writers = [spawn.Process(target=_write, args=(url, n, results), daemon=True) for n in range(2)]
    for process in writers:
        process.start()
    started = results.get(timeout=100) + results.get(timeout=100)
    for process in writers:
        process.join(100)
    engine = open_database(url, migrate=False)
    store = CallbackStore(engine)
    assert started and max(Counter(order for order, _ in started).values()) == 1
    every = store.latest(PROJECT, 999)
    assert {attempt.uuid for order in every for attempt in order.attempts} == {uuid for _, uuid in started}
    assert all(attempt.cause == "NORMAL_CLEARING" for order in every for attempt in order.attempts)
    waiting = Counter(order.number for order in store.open(PROJECT))
    assert max(waiting.values(), default=0) <= 1
    assert len({order.number for order in every}) == CLIENTS
    with engine.connect() as connection:
        different = compare_metadata(MigrationContext.configure(connection), TABLES)
    assert [change for change in different if "journal_version" not in str(change)] == []
    engine.dispose()


def test_two_processes_on_sqlite(tmp_path):
    _carry(str(tmp_path / "journal.db"))


def test_two_processes_on_postgresql(postgresql):
    _carry(postgresql)
