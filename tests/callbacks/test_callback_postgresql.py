"""What SQLite does, PostgreSQL does too: an order's whole life, from a page to the notice of its end."""

import pytest

from routing.callbacks import doors, events, leases
from routing.callbacks.proof import Proved
from routing.callbacks.store import CallbackStore
from routing.journal import settling
from routing.journal import store as journal
from routing.journal.database import opened_database
from routing.model.callback import CallbackStatus, Consent
from routing.recorder.callbacks import CallbackKeeper
from support.callback_orders import CLIENT, NOW, PROJECT, a_missed_call, a_plan, an_order

pytestmark = pytest.mark.process


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    """An empty journal."""
    url = str(tmp_path / "journal.db") if request.param == "sqlite" else request.getfixturevalue("postgresql")
    with opened_database(url) as engine:
        yield engine


def test_the_life_of_an_order(engine):
    store = CallbackStore(engine)
    order = an_order(place_s=NOW - 9, entities={"region": "521"}, consent=Consent("так", "https://a.example/", NOW))
    assert store.order(order) == order == store.find("one")
    again = store.order(an_order(id="two", created_s=NOW + 1))
    assert again.id == "one" and store.open(PROJECT) == [again] == store.latest(PROJECT, 5, CLIENT)
    token = leases.take(engine, PROJECT, "engine", NOW, 1e6)
    assert leases.take(engine, PROJECT, "another", NOW, 9) is None
    assert store.due(PROJECT, NOW + 2, 5) == [again] and store.start("one", "u1", token, NOW + 2)
    assert not store.start("one", "u2", token, NOW + 2) and not store.start("one", "u2", token - 1, NOW + 2)
    assert len(store.under_way(PROJECT)) == 1 and store.unfinished(PROJECT, NOW + 9)[0].id == "one"
    assert store.finish("u1", "USER_BUSY", 0, NOW + 5) == store.finish("u1", "NO_ANSWER", 9, NOW + 6)
    assert store.put_off("one", NOW + 7) and store.start("one", "u2", token, NOW + 8)
    assert store.finish("u2", "NORMAL_CLEARING", 30, NOW + 50).status is CallbackStatus.TALKED
    assert store.talked_since(PROJECT, NOW) == 30 and store.forget(NOW + 99) == 1 and store.latest(PROJECT, 5) == []


def test_expired_cancelled_and_notices_of_it(engine):
    store = CallbackStore(engine)
    store.order(an_order(expires_s=NOW + 5))
    store.order(an_order(id="two", number="+380671234568"))
    assert [order.id for order in store.expire(PROJECT, NOW + 6)] == ["one"] and store.expire(PROJECT, NOW + 6) == []
    assert store.cancel("two", NOW) and not store.cancel("two", NOW)
    told = []
    while event := events.claim(engine, PROJECT, NOW + 9, NOW + 900):
        told.append((event.order.id, event.status))
        if told[-1] == ("one", "ordered") and len(told) < 9:
            events.put_off(engine, event, NOW + 9, ("boss@example.com",))
            event = events.claim(engine, PROJECT, NOW + 9, NOW + 900)
            assert event.reached in ((), ("boss@example.com",))
        events.sent(engine, event)
    assert {("one", "expired"), ("two", "ordered"), ("two", "cancelled")} <= set(told)
    assert events.claim(engine, PROJECT, NOW + 9999, NOW + 99999) is None


def test_missed_calls_and_talks(engine):
    keeper = CallbackKeeper(engine, PROJECT, lambda *_, **__: None, lambda: NOW, lambda _: a_plan(), lambda: 100.0)
    store = CallbackStore(engine)
    journal.record(engine, [a_missed_call(id="c1")])
    assert keeper.settle() == 1 and settling.unsettled(engine, 9) == []
    (order,) = store.open(PROJECT)
    talk = {"started": NOW - 20, "bridged": NOW - 15, "ended": NOW, "talk_s": 10.0, "status": "answered"}
    journal.record(engine, [a_missed_call(id="c2", **talk)])
    assert keeper.settle() == 0 and store.find(order.id).status is CallbackStatus.TALKED


def test_doors(engine):
    proved = Proved("a" * 64, int(NOW) + 10)
    assert doors.use_proof(engine, proved, NOW) and not doors.use_proof(engine, proved, NOW)
    assert doors.key_of(engine, PROJECT) == doors.key_of(engine, PROJECT)
