"""Pops through a real Redis: told to every reader, under the same id, for a while and no longer."""

from __future__ import annotations

import gevent
import pytest

from routing.model.pop import PopsDown
from routing.store import keys
from routing.store.client import RedisStore
from routing.store.pops import RedisPops
from support.redis_server import Server

pytestmark = pytest.mark.process


def test_whoever_reads_gets_what_was_told_in_order_and_waits_for_more(store: RedisStore) -> None:
    pops = RedisPops(store)
    pops.tell("shop", "one")
    pops.tell("shop", "two")
    pops.tell("other", "not ours")
    first, second = pops.after("shop", "0-0", 0.1)
    assert (first[1], second[1]) == ("one", "two")
    assert pops.after("shop", "0-0", 0.1)[0] == first
    waiting = gevent.spawn(pops.after, "shop", second[0], 10.0)
    gevent.sleep(0)
    pops.tell("shop", "three")
    assert [text for _, text in waiting.get(timeout=10)] == ["three"]
    assert pops.after("shop", second[0], 0.01)[0][1] == "three"
    assert pops.after("nobody", "0-0", 0.01) == []


def test_what_was_told_goes_by_itself(store: RedisStore) -> None:
    RedisPops(store).tell("shop", "one")
    (left_s,) = store.ask("x", ("TTL", keys.pops("shop")))
    assert 0 < left_s <= keys.POPS_SECONDS


def test_a_redis_that_is_away_is_told_of(shared: Server, servers, store_at) -> None:
    server = servers()
    pops = RedisPops(store_at(server.url))
    pops.tell("shop", "one")
    server.stop()
    with pytest.raises(PopsDown):
        pops.tell("shop", "two")
    with pytest.raises(PopsDown):
        pops.after("shop", "0-0", 0.01)
