"""What outlives the engine of queues, in a real Redis."""

from __future__ import annotations

import pytest

from routing.model.memory import Forgotten
from routing.model.queue_facts import LostCall, WorkFacts
from routing.store.queues import LAST_TALKS, RedisQueues


def test_what_followed_from_a_persons_work_is_kept_and_replaced(store):
    queues = RedisQueues(store)
    facts = WorkFacts(1, 2, 3, 4, 5, "3740e285-2bb6-4782-99e3-8733cc792400", 15_000)
    queues.keep_work("company", "ivan", WorkFacts(9))
    queues.keep_work("company", "ivan", facts)
    queues.keep_work("company", "olena", WorkFacts())
    assert queues.work("company") == {"ivan": facts, "olena": WorkFacts()}
    assert queues.work("other") == {}


def test_the_last_talks_of_each_queue_are_kept_in_their_order(store):
    queues = RedisQueues(store)
    for talk_ms in range(LAST_TALKS + 5):
        queues.keep_talk("company", "sales", talk_ms)
    assert queues.talks("company", "sales") == [*range(5, LAST_TALKS + 5)]
    assert queues.talks("company", "support") == []


def test_a_lost_call_is_kept_as_long_as_its_place_may_be_resumed(store):
    queues, call = RedisQueues(store), LostCall(1000, 5000, 65_000)
    queues.keep_lost("company", "sales", "+380671234567", call)
    queues.keep_lost("company", "sales", "+380671234568", LostCall(1000, 5000, 5000))
    assert queues.lost("company", "sales", "+380671234567") == call
    key = "routing:{company:lost:+380671234567}:sales"
    assert 59_000 < store.ask(key, ("PTTL", key))[0] <= 60_000
    queues.keep_lost("company", "sales", "+380671234567", None)
    assert queues.lost("company", "sales", "+380671234567") is None
    assert queues.lost("company", "sales", "+380671234568") is None


def test_without_redis_nothing_is_known(store_at):
    nowhere = RedisQueues(store_at("redis://127.0.0.1:9"))
    for ask in (lambda: nowhere.work("company"), lambda: nowhere.talks("company", "sales")):
        with pytest.raises(Forgotten):
            ask()
