"""What nodes tell each other, in a real Redis: each node hears of the others until they have gone."""

import pytest

from routing.store import keys, node_leases
from routing.store.client import StoreDown
from routing.store.node_leases import RedisNodeLeases


@pytest.fixture
def nodes(store):
    return RedisNodeLeases(store)


def test_a_node_hears_who_is_busy_on_others(nodes):
    assert nodes.exchange("p", "a", "1", "ivan") == []
    assert nodes.exchange("p", "b", "1", "olena petro") == ["ivan"]
    assert nodes.exchange("p", "a", "1", "ivan") == ["olena petro"]
    assert nodes.exchange("p", "b", "1", "") == ["ivan"]
    assert nodes.exchange("p", "a", "1", "") == []
    assert nodes.exchange("other", "c", "1", "") == []


def test_the_workers_of_a_node_are_one_node(nodes):
    nodes.exchange("p", "a", "1", "ivan")
    assert nodes.exchange("p", "a", "2", "olena") == []
    assert nodes.exchange("p", "b", "1", "") == ["ivan", "olena"]


def test_a_node_that_knows_nothing_says_nothing_and_hears_all(nodes):
    nodes.exchange("p", "a", "1", "ivan")
    assert nodes.exchange("p", "b", "1", None) == ["ivan"]
    assert nodes.exchange("p", "a", "1", "") == []


def test_what_a_dead_node_said_ends(nodes, monkeypatch):
    nodes.exchange("p", "a", "1", "ivan")
    monkeypatch.setattr(node_leases, "LEASE_MS", -1)
    assert nodes.exchange("p", "b", "1", None) == []
    assert nodes.exchange("p", "c", "1", None) == []


def test_an_odd_entry_and_one_of_the_future_are_nobody(nodes, store):
    later = f"{9_999_999_999_999} ivan"
    store.ask(keys.node_leases("p"), ("HSET", keys.node_leases("p"), "a/1", "x", "b/1", later))
    assert nodes.exchange("p", "c", "1", "") == []


def test_without_redis_it_is_not_known():
    class Down:
        def ask(self, key, *commands):
            raise StoreDown("no answer")

    assert RedisNodeLeases(Down()).exchange("p", "a", "1", "ivan") is None
