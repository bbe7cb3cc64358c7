"""Who was asked for a rating, in a real Redis: once in a time, by all engines, until it is forgotten."""

from __future__ import annotations

import pytest

from routing.model.memory import Forgotten
from routing.store import keys
from routing.store.client import RedisStore
from routing.store.ratings import NoRatings, RedisRatings, ratings_in

pytestmark = pytest.mark.process
NUMBER, MONTH, NOW = "+380671234567", 30 * 86400, 1_795_000_000.0


def test_a_caller_is_asked_once_by_all_engines(store: RedisStore) -> None:
    here, there = RedisRatings(store), RedisRatings(store)
    assert here.ask("shop", NUMBER, MONTH, NOW) is None
    assert there.ask("shop", NUMBER, MONTH, NOW + 60) == NOW
    assert here.ask("other", NUMBER, MONTH, NOW) is None
    key = keys.rating_request("shop", NUMBER)
    (left_s,) = store.ask(key, ("TTL", key))
    assert 0 < left_s <= MONTH


def test_a_shorter_time_in_a_new_release_counts_at_once(store: RedisStore) -> None:
    ratings = RedisRatings(store)
    assert ratings.ask("short", NUMBER, MONTH, NOW) is None
    assert ratings.ask("short", NUMBER, 3600, NOW + 3700) is None
    assert ratings.ask("short", NUMBER, 3600, NOW + 3800) == NOW + 3700


def test_a_clock_that_was_set_back_holds_nobody_off_for_years(store: RedisStore) -> None:
    ratings = RedisRatings(store)
    assert ratings.ask("clock", NUMBER, MONTH, NOW + 10 * MONTH) is None
    assert ratings.ask("clock", NUMBER, MONTH, NOW) is None


def test_two_engines_at_the_same_moment_ask_one_time(store: RedisStore) -> None:
    answers = [RedisRatings(store).ask("twice", NUMBER, MONTH, NOW) for _ in range(20)]
    assert answers.count(None) == 1


def test_without_a_redis_nobody_is_known(servers, store_at) -> None:
    server = servers()
    away = RedisRatings(store_at(server.url))
    server.stop()
    for ratings in (away, ratings_in(None), NoRatings()):
        with pytest.raises(Forgotten):
            ratings.ask("shop", NUMBER, MONTH, NOW)
