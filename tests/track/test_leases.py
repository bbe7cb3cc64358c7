"""Numbers are lent to one visitor at a time, whoever asks, however many at once, whatever the order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import gevent
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.decide.registry import decide
from routing.engine.handlers import Handlers
from routing.engine.ports import ports_of
from routing.model.decision import Call
from routing.model.entities import Visitor
from routing.model.visitors import LeasesDown, Lending
from routing.process.visitors import leases_in
from routing.release.tables import Releases
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.leases import RedisLeases

NUMBERS = [f"+38057728{number:04}" for number in range(50)]
LENDING = Lending("p", "site", NUMBERS, lease_s=600, keep_s=3600)
SMALL = Lending("p", "small", NUMBERS[:3], lease_s=10, keep_s=20)
WHO = Visitor({"region": "521"}, {"utm_source": "google"})


def lend(leases: RedisLeases, visitor: int, now: float, lending: Lending = SMALL) -> str | None:
    return leases.lend(lending, f"visitor-{visitor:08}", WHO, {}, now)


def test_two_hundred_at_once_share_nothing(leases: RedisLeases) -> None:
    asked = [gevent.spawn(lend, leases, visitor, 1000.0, LENDING) for visitor in range(200)]
    gevent.joinall(asked, raise_error=True)
    got = Counter(each.value for each in asked)
    assert got.pop(None) == 150
    assert got == dict.fromkeys(NUMBERS, 1)


def test_a_returning_visitor_keeps_his_number(leases: RedisLeases) -> None:
    first = lend(leases, 1, 0.0)
    assert lend(leases, 1, 9.0) == first
    assert lend(leases, 1, 18.0) == first
    assert lend(leases, 1, 29.0) == first, "the lease is over, nobody else has the number"
    others = {lend(leases, 2, 30.0), lend(leases, 3, 30.0)}
    assert first not in others
    assert lend(leases, 4, 30.0) is None
    assert lend(leases, 4, 40.0) in others | {first}


def test_the_number_that_is_free_the_longest_is_lent_first(leases: RedisLeases) -> None:
    first, second, third = (lend(leases, visitor, float(visitor)) for visitor in (1, 2, 3))
    assert [lend(leases, visitor, 20.0) for visitor in (4, 5, 6)] == [first, second, third]


def test_a_call_knows_the_visitor_until_a_while_after_the_lease(leases: RedisLeases) -> None:
    number = lend(leases, 1, 0.0)
    assert number
    assert leases.holder("p", "small", number, 5.0) == WHO
    assert leases.holder("p", "small", number, 29.0) == WHO
    assert leases.holder("p", "small", number, 31.0) is None
    assert leases.holder("p", "small", "+380577289999", 5.0) is None
    assert leases.holder("p", "other", number, 5.0) is None
    assert leases.tell(SMALL, "visitor-00000001", {"category": "дренаж", "region": "7"}, 8.0) == number
    assert leases.holder("p", "small", number, 37.0) == Visitor({"region": "7", "category": "дренаж"}, WHO.source)
    lend(leases, 1, 9.0)
    assert leases.holder("p", "small", number, 9.0) == WHO, "the next page begins anew"
    assert leases.tell(SMALL, "visitor-00000009", {}, 9.0) is None


def test_the_next_visitor_of_a_number_is_another_person(leases: RedisLeases) -> None:
    one = replace(SMALL, numbers=NUMBERS[:1])
    number = leases.lend(one, "visitor-00000001", WHO, {}, 0.0)
    leases.tell(one, "visitor-00000001", {"category": "x"}, 0.0)
    assert leases.lend(one, "visitor-00000002", Visitor(), {}, 11.0) == number
    assert leases.holder("p", "small", str(number), 12.0) == Visitor()
    assert leases.tell(one, "visitor-00000001", {"category": "x"}, 12.0) is None


def test_what_is_known_of_people_goes(leases: RedisLeases, store: RedisStore) -> None:
    lend(leases, 1, 0.0)
    lend(leases, 2, 31.0)
    keys = sorted(store.ask("x", ("KEYS", "*"))[0])
    assert keys == [b"routing:{p:pool:small}:lent", b"routing:{p:pool:small}:until"]
    fields = store.ask("x", ("HKEYS", keys[0]))[0]
    assert [field for field in fields if b"00000001" in field] == []
    assert len([field for field in fields if field.startswith(b"s:")]) == 1
    assert all(0 < store.ask("x", ("TTL", key))[0] <= 31 for key in keys)


def test_a_pool_that_changes_lends_its_new_numbers_only(leases: RedisLeases) -> None:
    assert lend(leases, 1, 0.0)
    changed = replace(SMALL, numbers=NUMBERS[2:4])
    got = {leases.lend(changed, f"visitor-{visitor:08}", WHO, {}, 1.0) for visitor in (1, 2, 3)}
    assert got == {*NUMBERS[2:4], None}


def test_no_store_is_a_normal_case(tmp_path: object) -> None:
    store = RedisStore(parse(f"unix://{tmp_path}/nobody"))
    leases = RedisLeases(store)
    for ask in (
        lambda: lend(leases, 1, 0.0),
        lambda: leases.tell(SMALL, "visitor-00000001", {}, 0.0),
        lambda: leases.holder("p", "small", NUMBERS[0], 0.0),
    ):
        with pytest.raises(LeasesDown):
            ask()
    store.close()


MOVES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 15), st.booleans()), max_size=30)


@settings(max_examples=40)
@given(MOVES)
def test_two_visitors_never_share_a_leased_number(redis_url: str, moves: list[tuple[int, int, bool]]) -> None:
    """Against a plain model: a number is somebody's until his lease ends; he has it again while nobody took it."""
    store = RedisStore(parse(redis_url), budget_s=10.0)
    store.ask("x", ("FLUSHALL",))
    leases = RedisLeases(store)
    ends: dict[str, tuple[int, float]] = {}
    now = 1000.0
    for visitor, passed, tells in moves:
        now += passed
        name = f"visitor-{visitor:08}"
        number = leases.tell(SMALL, name, {}, now) if tells else lend(leases, visitor, now)
        own = next((held for held, (who, until) in ends.items() if who == visitor and now <= until + 20), None)
        taken = {held for held, (who, until) in ends.items() if until > now and who != visitor}
        assert number not in taken
        if own is not None:
            assert number in ({own} if not tells else {own, None})
        elif not tells:
            assert (number is None) == (len(taken) == 3)
        if number is not None:
            ends = {held: of for held, of in ends.items() if of[0] != visitor} | {number: (visitor, now + 10)}
    store.close()


def test_without_a_redis_nobody_has_a_number() -> None:
    leases = leases_in(None)
    for ask in (
        lambda: leases.lend(SMALL, "visitor-00000001", WHO, {}, 0.0),
        lambda: leases.tell(SMALL, "visitor-00000001", {}, 0.0),
        lambda: leases.holder("p", "small", NUMBERS[0], 0.0),
    ):
        with pytest.raises(LeasesDown, match="no Redis"):
            ask()


def test_a_leases_words_reach_the_call(tmp_path: Path, leases: RedisLeases) -> None:
    number = str(lend(leases, 1, 1000.0))
    ports = ports_of(Releases(tmp_path), Handlers(None, None, {}), leases=leases, now=lambda: 1001.0)
    step = {"kind": "visitor", "project": "p", "pool": "small", "entities": ["region"]}
    verdict = decide(step, Call("u", "/r", "pool_small", "1", number, "anonymous"), ports)
    assert verdict.variables == {"routing_entity_region": "521", "routing_source_utm_source": "google"}


@pytest.mark.parametrize("ahead_s", [3600.0, 86_400.0 * 365])
def test_a_clock_that_was_ahead_lends_no_number_for_ever(leases: RedisLeases, ahead_s: float) -> None:
    """Or one that is set back: what was lent then ends with what is lent now."""
    now = 1_000_000.0
    lent = {lend(leases, visitor, now + ahead_s) for visitor in range(len(SMALL.numbers))}
    assert lent == set(SMALL.numbers)
    assert lend(leases, 100, now) is None
    later = now + SMALL.lease_s + 1
    assert lend(leases, 101, later) in SMALL.numbers
    assert leases.holder(SMALL.project, SMALL.pool, next(iter(lent)), later + SMALL.lease_s + SMALL.keep_s + 1) is None
