"""Counts of what callers look up in vain, in a real Redis."""

from __future__ import annotations

import pytest

from routing.model.memory import Forgotten
from routing.store import keys
from routing.store.client import RedisStore
from routing.store.guesses import RedisGuesses

pytestmark = pytest.mark.process
WHO = "s:2:+380671234567"


def test_they_are_counted_for_all_engines_and_for_their_time_alone(store: RedisStore) -> None:
    guesses, other = RedisGuesses(store), RedisGuesses(store)
    assert [each.begin("shop", WHO, 900) for each in (guesses, other)] == [1, 2]
    assert guesses.begin("else", WHO, 900) == 1
    other.found("shop", WHO, 900)
    assert guesses.begin("shop", WHO, 900) == 2
    key = keys.misses("shop", WHO)
    (left_s,) = store.ask(key, ("TTL", key))
    assert 0 < left_s <= 900


def test_what_is_taken_back_after_its_time_ends_too(store: RedisStore) -> None:
    RedisGuesses(store).found("late", WHO, 60)
    key = keys.misses("late", WHO)
    count, left_s = store.ask(key, ("GET", key), ("TTL", key))
    assert (int(count), 0 < left_s <= 60) == (0, True)


def test_a_redis_that_is_away_counts_nothing(servers, store_at) -> None:
    server = servers()
    guesses = RedisGuesses(store_at(server.url))
    server.stop()
    for ask in (lambda: guesses.begin("shop", WHO, 60), lambda: guesses.found("shop", WHO, 60)):
        with pytest.raises(Forgotten):
            ask()
