"""Who calls on which node, in a real Redis: each node hears of the others, and knows when one has not spoken."""

import pytest

from routing.store import calling, keys
from routing.store.calling import RedisCalling
from routing.store.client import StoreDown

CLIENT, OTHER = "380671234567", "0671234568"


@pytest.fixture
def nodes(store):
    return RedisCalling(store)


def test_a_node_hears_of_the_calls_of_others(nodes):
    assert nodes.exchange("p", "a", {CLIENT, "1001"}) == set()
    assert nodes.exchange("p", "b", {OTHER}) == {"671234567", "1001"}
    assert nodes.exchange("p", "a", ()) == {"671234568"}
    assert nodes.exchange("p", "b", ()) == set()
    assert nodes.exchange("other", "c", ()) == set()


def test_a_node_that_is_there_and_has_not_said_who_calls_is_waited_for(nodes):
    nodes.exchange("p", "b", None)
    assert nodes.exchange("p", "a", ()) is None
    nodes.exchange("p", "b", {CLIENT})
    assert nodes.exchange("p", "a", ()) == {"671234567"}


def test_what_was_said_long_ago_does_not_count(nodes, store, monkeypatch):
    nodes.exchange("p", "b", {CLIENT})
    monkeypatch.setattr(calling, "FRESH_MS", -1)
    assert nodes.exchange("p", "a", ()) is None
    monkeypatch.setattr(calling, "GONE_MS", -1)
    assert nodes.exchange("p", "a", ()) == set()


def test_an_odd_entry_is_nobody(nodes, store):
    store.ask(keys.calling("p"), ("HSET", keys.calling("p"), "odd", "x"))
    assert nodes.exchange("p", "a", ()) == set()


def test_without_redis_nobody_is_known_elsewhere():
    class Down:
        def ask(self, key, *commands):
            raise StoreDown("no answer")

    assert RedisCalling(Down()).exchange("p", "a", {CLIENT}) == ()
