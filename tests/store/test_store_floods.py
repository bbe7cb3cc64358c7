"""The answered minutes of the day at paid numbers, in a Redis that nodes share."""

import pytest

from routing.model.memory import Forgotten
from routing.store import keys
from routing.store.floods import RedisFloods

NUMBER, DAY = "+380800330916", "20261130"


def test_the_minutes_of_all_nodes_add_up_for_a_day(store):
    here, there = RedisFloods(store), RedisFloods(store)
    assert here.add("shop", DAY, NUMBER, 20.5) == 20.5
    assert there.add("shop", DAY, NUMBER, 30.0) == 50.5
    assert here.of("shop", DAY) == {NUMBER: 50.5}
    assert here.of("shop", "20261201") == {}
    assert there.of("other", DAY) == {}
    key = keys.flood_spent("shop", DAY)
    (left_s,) = store.ask(key, ("TTL", key))
    assert 0 < left_s <= keys.SPENT_SECONDS


def test_a_redis_that_is_away(servers):
    from routing.store.address import parse
    from routing.store.client import RedisStore

    server = servers()
    away = RedisStore(parse(server.url), 0.2)
    server.stop()
    with pytest.raises(Forgotten):
        RedisFloods(away).add("shop", DAY, NUMBER, 1.0)
    away.close()
