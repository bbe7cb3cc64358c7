"""Everything that is kept, on a real Redis Cluster of two nodes: no operation needs two slots."""

from __future__ import annotations

import pytest

from routing.model.entities import Visitor
from routing.model.memory import Talk
from routing.model.visitors import Lending
from routing.store.leases import RedisLeases
from routing.store.memory import RedisMemory
from routing.store.pops import RedisPops

pytestmark = pytest.mark.process

DAY = "20261122"
PLACE = ("kharkiv", "3")


@pytest.fixture
def store(cluster, store_at):
    """The cluster, asked by one of its nodes; at the end both nodes hold something."""
    yield store_at(f"redis+cluster://127.0.0.1:{cluster[0]}")
    held = [store_at(f"redis://127.0.0.1:{port}").ask("x", ("DBSIZE",))[0] for port in cluster]
    assert min(held) > 0


def test_what_decisions_go_by(store):
    memory = RedisMemory(store)
    for number in range(20):
        caller, project = f"+38067123450{number:02}", f"p{number}"
        memory.remember(project, caller, Talk("ivan", 100.0, 42, "in"))
        assert [talk.person for talk in memory.talks(project, caller)] == ["ivan"]
        assert memory.count(project, "ivan", "call", DAY, 42, 100.0, DAY)
        assert not memory.count(project, "ivan", "call", DAY, 42, 100.0, DAY), "counted once"
        assert memory.facts(project, ["ivan"], DAY, PLACE).loads["ivan"].calls == 1
        memory.disturb(project, "ivan", may_disturb=False)
        assert memory.is_away(project, "ivan") and set(memory.away(project)) == {"ivan"}


def test_turns_and_numbers_for_visitors(store):
    memory, leases = RedisMemory(store), RedisLeases(store)
    for number in range(20):
        project = f"p{number}"
        assert memory.take_turn(project, PLACE, [("ivan", 0), ("olena", 0)], True) == "ivan"
        assert memory.take_turn(project, PLACE, [("olena", 0)], True) == "olena"
        assert memory.facts(project, [], DAY, PLACE).turns == {"ivan": 1, "olena": 2}
        lending = Lending(project, "site", ["+380800330041"], lease_s=60, keep_s=60)
        assert leases.lend(lending, "visitor-1", Visitor({"region": "521"}), {}, 1000.0) == "+380800330041"
        assert leases.lend(lending, "visitor-2", Visitor({}), {}, 1000.0) is None
        held = leases.holder(project, "site", "+380800330041", 1001.0)
        assert held and held.entities == {"region": "521"}


def test_screens(store):
    pops = RedisPops(store)
    for project in ("shop", "warehouse", "export", "standartpark", "couriers", "night", "dacha", "office"):
        pops.tell(project, "ivan")
        assert [text for _, text in pops.after(project, "0", 0.01)] == ["ivan"]
