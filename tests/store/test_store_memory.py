"""What is remembered in a real Redis: each word said, said twice, and read again."""

from __future__ import annotations

import random
from collections.abc import Sequence

import gevent
import pytest

from routing.decide.strategy import TURNING, Candidate, order
from routing.model import messages
from routing.model.memory import Forgotten, Load, PeopleFacts, Talk
from routing.store import keys
from routing.store.memory import RedisMemory

PLACE, CALLER = ("kharkiv", "3"), "+380671234567"


@pytest.fixture
def memory(store):
    return RedisMemory(store)


def talk(at: float, person: str = "ivan", **more) -> Talk:
    return Talk(person, at, 42.5, "in", "+380800111222", f"call-{at}", **more)


def test_talks_come_back_newest_first_whatever_the_order_of_telling(memory):
    for at in (200.0, 100.0, 300.0, 200.0):
        memory.remember("p", CALLER, talk(at))
    assert list(memory.talks("p", CALLER)) == [talk(300.0), talk(200.0), talk(100.0)]
    assert list(memory.talks("p", "+380000000000")) == []
    assert list(memory.talks("other", CALLER)) == []


def test_the_last_talks_are_kept_and_no_more(memory, store):
    for at in range(keys.MOST_TALKS + 5):
        memory.remember("p", CALLER, talk(float(at)))
    assert [each.at for each in memory.talks("p", CALLER)] == [float(at) for at in range(24, 4, -1)]


def test_the_last_clients_of_a_person_are_kept_for_a_month_and_forgotten_one_by_one(memory, store):
    other = "+380501112233"
    for at, client in ((200.0, CALLER), (100.0, other), (300.0, other), (200.0, CALLER)):
        memory.remember("p", client, talk(at))
    memory.remember("p", CALLER, talk(400.0, "olena"))
    assert [(each.at, each.client) for each in memory.clients("p", "ivan")] == [
        (300.0, other), (200.0, CALLER), (100.0, other),
    ]  # fmt: skip
    assert [each.client for each in memory.clients("p", "olena")] == [CALLER]
    assert list(memory.clients("p", "nobody")) == []
    (left,) = store.ask("x", ("TTL", keys.clients("p", "ivan")))
    assert 0 < left <= keys.CLIENTS_SECONDS
    memory.forget_client("p", "ivan", other)
    assert [each.client for each in memory.clients("p", "ivan")] == [CALLER]


def test_what_is_no_talk_is_passed_over(memory, store):
    key = keys.talks("p", CALLER)
    store.ask(key, ("ZADD", key, 5, "{}", 6, "nonsense", 7, '{"person": 1, "at": "x", "talk_s": 1, "direction": "in"}'))
    memory.remember("p", CALLER, talk(1.0))
    assert list(memory.talks("p", CALLER)) == [talk(1.0)]


def test_a_call_counts_once_on_its_day(memory):
    assert memory.count("p", "ivan", "c1", "20261122", 30.4, 1000.0, "20261116")
    assert not memory.count("p", "ivan", "c1", "20261122", 30.4, 1000.0, "20261116")
    assert memory.count("p", "ivan", "c2", "20261122", 10.0, 900.0, "20261116")
    assert memory.count("p", "ivan", "c3", "20261121", 99.0, 800.0, "20261115")
    facts = memory.facts("p", ["ivan", "olena"], "20261122", PLACE)
    assert facts == PeopleFacts({"ivan": Load(2, 40.0, 1000.0), "olena": Load()})
    assert memory.facts("p", ["ivan"], "20261121", PLACE).loads == {"ivan": Load(1, 99.0, 1000.0)}


def test_old_days_are_forgotten(memory, store):
    memory.count("p", "ivan", "c1", "20261101", 5, 100.0, "20261026")
    memory.count("p", "ivan", "c2", "20261122", 5, 200.0, "20261116")
    (fields,) = store.ask(keys.load("p", "ivan"), ("HKEYS", keys.load("p", "ivan")))
    assert sorted(fields) == [b"calls_20261122", b"last_end", b"talk_s_20261122"]


def test_a_turn_is_of_the_lowest_rank_and_of_whom_it_was_longest_ago(memory):
    def turn(*ranked: tuple[str, int], spread: bool = False) -> str:
        return memory.take_turn("p", PLACE, ranked, spread)

    assert turn(("ivan", 0), ("olena", 0)) == "ivan"
    assert turn(("ivan", 0), ("olena", 0)) == "olena"
    assert turn(("petro", 1), ("ivan", 0)) == "ivan"
    assert turn(("petro", 1), ("ivan", 0)) == "ivan"
    assert turn(("petro", 1), ("ivan", 0), spread=True) == "petro"
    assert turn(("petro", 1), spread=True) == "petro"
    assert memory.facts("p", [], "20261122", PLACE).turns == {"olena": 2, "ivan": 4, "petro": 6}
    assert memory.facts("p", [], "20261122", ("kharkiv", "4")).turns == {}


def test_forty_engines_at_once_give_everybody_ten_turns(memory):
    ranked = [(name, 0) for name in ("ivan", "olena", "petro", "maria")]
    taken = [gevent.spawn(memory.take_turn, "p", PLACE, ranked, True) for _ in range(40)]
    gevent.joinall(taken, raise_error=True)
    assert sorted(each.value for each in taken) == sorted(["ivan", "olena", "petro", "maria"] * 10)


@pytest.mark.parametrize("strategy", sorted(TURNING))
def test_redis_gives_the_turn_to_whom_the_order_puts_first(memory, store, strategy):
    """What is decided from facts alone, and what Redis says when nobody came between, are the same."""
    draw = random.Random(strategy)
    everybody = [f"person{number}" for number in range(6)]
    for number in range(100):
        place = (strategy, str(number % 5))
        free = draw.sample(everybody, draw.randint(1, 6))
        loads = {name: Load(draw.randint(0, 2), draw.randint(0, 2), draw.randint(0, 2)) for name in free}
        people = [Candidate(name, name, skills={"language": draw.choice(["uk", "pl"])}) for name in free]
        facts = PeopleFacts(loads, memory.facts("p", [], "", place).turns)

        def taken(ranked: Sequence[tuple[str, int]], spread: bool, place: tuple[str, str] = place) -> str:
            return memory.take_turn("p", place, ranked, spread)

        alone, asking = (
            order(strategy, people, facts, random.Random(number).random, {"language": "pl"}, take)
            for take in (None, taken)
        )
        assert alone == asking


def test_do_not_disturb(memory):
    memory.disturb("p", "ivan", may_disturb=False, now_s=1234.0)
    assert memory.away("p") == {"ivan": 1234.0}
    assert memory.is_away("p", "ivan")
    assert memory.facts("p", ["ivan"], "20261122", PLACE).away == frozenset({"ivan"})
    memory.disturb("p", "ivan", may_disturb=True)
    assert memory.away("p") == {}
    assert not memory.is_away("p", "ivan")


def test_every_key_is_documented_and_ends(memory, store):
    memory.remember("p", CALLER, talk(1.0))
    memory.count("p", "ivan", "c1", "20261122", 5, 100.0, "20261116")
    memory.take_turn("p", PLACE, [("ivan", 0)], True)
    memory.disturb("p", "ivan", may_disturb=False)
    (found,) = store.ask("x", ("KEYS", "*"))
    ends = {key.decode(): store.ask(key.decode(), ("TTL", key))[0] for key in found}
    assert ends == {
        "routing:{p:talk:+380671234567}": 400 * 86_400,
        "routing:{p:people}:clients:ivan": 30 * 86_400,
        "routing:{p:people}:load:ivan": 40 * 86_400,
        "routing:{p:people}:counted:c1": 3 * 86_400,
        "routing:{p:people}:turn:kharkiv:3": 40 * 86_400,
        "routing:{p:people}:dnd": -1,
    }
    for key in ends:
        shape = key.replace("{p:", "{<project>:").replace(CALLER, "<caller>").replace("c1", "<call id>")
        shape = shape.replace("ivan", "<person>").replace("kharkiv:3", "<scheme>:<step>")
        assert f"``{shape}``" in (keys.__doc__ or "")


def test_a_redis_that_is_not_there_is_forgetfulness(store_at, tmp_path):
    gone = RedisMemory(store_at(f"unix://{tmp_path}/none"))
    with pytest.raises(Forgotten, match="No such file"):
        gone.talks("p", CALLER)


def test_voicemails_wait_until_they_are_heard_or_old(memory):
    for name, at in (("sales/b", 200.0), ("sales/a", 100.0), ("sales/a", 100.0)):
        memory.leave("p", "ivan", name, at)
    assert memory.waiting("p", ["ivan", "olena"], 300.0) == {"ivan": 2, "olena": 0}
    assert memory.waiting("p", [], 300.0) == {}
    assert memory.next_message("p", "ivan", "call", 300.0) == "sales/a"
    assert memory.waiting("p", ["ivan"], 300.0) == {"ivan": 2}  # it plays
    assert memory.next_message("p", "ivan", "call", 300.0) == "sales/b"
    assert memory.waiting("p", ["ivan"], 300.0) == {"ivan": 1}
    assert memory.next_message("p", "ivan", "another", 300.0) == "sales/b"  # the first call ended meanwhile
    assert memory.waiting("p", ["ivan"], 200.0 + messages.WAITS_SECONDS) == {"ivan": 0}
    assert memory.next_message("p", "ivan", "another", 200.0 + messages.WAITS_SECONDS) == ""
    assert memory.next_message("p", "olena", "another", 300.0) == ""


def test_no_more_voicemails_wait_than_can_be_heard(memory):
    for at in range(messages.MOST + 5):
        memory.leave("p", "ivan", f"sales/{at}", float(at))
    assert memory.waiting("p", ["ivan"], 300.0) == {"ivan": messages.MOST}
    assert memory.next_message("p", "ivan", "call", 300.0) == "sales/5"
