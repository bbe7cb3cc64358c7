"""Networks of SIP accounts in a real Redis: the first is learnt, the next ones are told, each once."""

import pytest

from routing.store import keys, networks
from routing.store.networks import RedisNetworks

HOME, CAFE = "192.0.2.0/24", "198.51.100.0/24"
DAY = keys.DAY_SECONDS


@pytest.fixture
def known(store):
    return RedisNetworks(store)


def seen(known, network, account="1001", at_s=1e9):
    return known.seen("p", account, network, at_s, f"{account} {network}", "text")


def test_the_first_network_of_an_account_is_quiet_and_every_other_told_once(known):
    assert [seen(known, network) for network in (HOME, HOME, CAFE, CAFE, HOME)] == [False, False, True, False, False]
    assert not seen(known, CAFE, "1002")
    assert known.unsent("p") == {f"1001 {CAFE}": "text"}


def test_one_sender_has_what_waits_until_it_is_done(known):
    assert known.unsent("p") == {}
    seen(known, HOME), seen(known, CAFE)
    assert known.unsent("p")
    assert known.unsent("p") == {}
    known.sent("p")
    assert known.unsent("p")
    known.sent("p", f"1001 {CAFE}")
    assert known.unsent("p") == {}


def test_a_network_is_forgotten_after_half_a_year_without_it(known):
    seen(known, HOME), seen(known, CAFE)
    for day in range(30, 250, 30):
        assert not seen(known, CAFE, at_s=1e9 + day * DAY)
    assert seen(known, HOME, at_s=1e9 + 241 * DAY)


def test_nobody_is_told_without_end(known, store, monkeypatch):
    assert sum(seen(known, f"10.0.{place}.0/24") for place in range(50)) == networks.MOST_A_DAY
    monkeypatch.setattr(networks, "MOST_NETWORKS", 5)
    monkeypatch.setattr(networks, "MOST_WAITING", networks.MOST_A_DAY)
    seen(known, "10.1.0.0/24")
    assert not seen(known, HOME, "1002") and not seen(known, CAFE, "1002")
    (kept,) = store.ask("x", ("ZCARD", keys.networks("p", "1001")[0]))
    assert kept == 5


def test_a_notice_is_queued_once_and_not_without_end(known, monkeypatch):
    known.put("p", "ivan", "a"), known.put("p", "ivan", "b")
    assert known.unsent("p") == {"ivan": "a"}
    known.sent("p")
    monkeypatch.setattr(networks, "MOST_WAITING", 1)
    known.put("p", "olena", "c")
    assert known.unsent("p") == {"ivan": "a"}
