"""The dialler on PostgreSQL, through the book that the engine uses: leases, fencing, one dialler of many at once."""

from __future__ import annotations

import random
import threading
import uuid

import pytest

from routing.callbacks.store import CallbackStore
from routing.engine.colleague_dialler import ColleagueDialler
from routing.engine.dialler import LEASE_S, Dialler
from routing.engine.dialler_ports import LiveRelease
from routing.engine.order_book import StoredOrders
from routing.journal.database import opened_database
from routing.model.callback import CallbackStatus, OrdersDown, awaiting
from support.callback_orders import NOW, PROJECT, a_plan, an_order

pytestmark = pytest.mark.process
ORDERS, ENGINES = 24, 4


class MemorySwitch:
    """What a FreeSWITCH was asked for."""

    def __init__(self, name):
        self.called, self.calls = name, []

    def name(self):
        return self.called

    def numbers(self):
        return ()

    def originate(self, call):
        self.calls.append(call.uuid)

    connect = originate

    def has_begun(self, attempt):
        return attempt in self.calls


@pytest.fixture
def store(postgresql):
    with opened_database(postgresql) as engine:
        yield CallbackStore(engine)


@pytest.fixture
def book(postgresql):
    """Makes books of orders, each with connections of its own."""
    books = []

    def made():
        books.append(StoredOrders(postgresql, lambda does: does()))
        return books[-1]

    yield made
    for each in books:
        if each._store:
            each._store.engine.dispose()


@pytest.fixture
def make(book):
    """Makes diallers of engines."""
    clock = [NOW]

    def made(name, at_once=ORDERS):
        chance = random.Random(name)
        live = LiveRelease("/root/releases/a1", a_plan(at_once=at_once))
        return Dialler(
            book(), MemorySwitch(name), lambda: live, name, lambda: clock[0], lambda *_, **__: None,
            lambda: uuid.UUID(int=chance.getrandbits(128), version=4),
        )  # fmt: skip

    made.clock = clock
    return made


def numbered(count):
    return [an_order(id=f"o{at:02}", number=f"+3806712300{at:02}") for at in range(count)]


def test_many_engines_at_once_dial_each_order_once(make, store):
    for order in numbered(ORDERS):
        store.order(order)
    engines = [make(f"engine-{at}") for at in range(ENGINES)]
    threads = [threading.Thread(target=lambda one=one: [one.turn() for _ in range(5)]) for one in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    dialled = [call for one in engines for call in one.switch.calls]
    assert len(dialled) == len(set(dialled)) == ORDERS
    assert sum(bool(one.switch.calls) for one in engines) == 1
    assert {len(store.find(order.id).attempts) for order in numbered(ORDERS)} == {1}


def test_another_engine_takes_over_and_the_first_ones_token_is_old(make, store):
    for order in numbered(4):
        store.order(order)
    one, other = make("engine-1", at_once=1), make("engine-2", at_once=9)
    assert (one.turn(), other.turn()) == (1, 0)
    make.clock[0] += LEASE_S + 1
    assert other.turn() == 3
    one._next_renewal_s = make.clock[0] + 9  # it hung, and believes in its lease
    store.order(an_order(id="late", number="+380671239999", created_s=NOW))
    assert not one.book.start("late", str(uuid.uuid4()), one.lease[1], make.clock[0])
    assert other.turn() == 1


def test_results_retries_and_expiry(make, store):
    store.order(an_order(place_s=NOW - 9))
    one = make("engine-1")
    assert one.turn() == 1
    assert one.book.finish(one.switch.calls[0], "USER_BUSY", 0.0, NOW).status is CallbackStatus.ORDERED
    make.clock[0] += 181
    assert one.turn() == 1
    assert one.book.finish(one.switch.calls[1], "NORMAL_CLEARING", 60.0, NOW).status is CallbackStatus.TALKED
    assert one.book.talked_since(PROJECT, 0.0) == 60.0
    store.order(an_order(id="two", expires_s=NOW + 200))
    make.clock[0] += 20
    one.turn()
    assert store.find("two").status is CallbackStatus.EXPIRED


def test_colleagues_are_connected_by_one_of_many_nodes(book, store):
    store.order(awaiting("pair", PROJECT, "ivan", "olena", NOW))
    stale = store.awaiting(PROJECT, NOW)

    class Free:
        def why_not(self, project, directory, people):
            return dict.fromkeys(people, "")

        def is_here(self, directory, person):
            return True

        def promise(self, *words): ...

    class Book:
        """What all nodes have read before one of them dials."""

        def __init__(self):
            self.start = book().start

        def awaiting(self, project, now):
            return stale

    live = LiveRelease("/root/releases/a1", a_plan())
    nodes = [
        ColleagueDialler(
            Book(), MemorySwitch(f"n{at}"), lambda: live, lambda folder: None, Free(), lambda: NOW,
            lambda *_, **__: None,
        )
        for at in range(ENGINES)
    ]  # fmt: skip
    begun = []
    threads = [threading.Thread(target=lambda one=one: begun.append(one.turn())) for one in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begun) == [0] * (ENGINES - 1) + [1]


def test_a_database_that_is_away_is_told(make):
    one = make("engine-1")
    one.book = StoredOrders("postgresql://nobody@127.0.0.1:9/none", lambda does: does())
    with pytest.raises(OrdersDown):
        one.turn()
