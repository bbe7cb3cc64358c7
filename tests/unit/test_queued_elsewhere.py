"""Callers of the same queue on two nodes: one order, and no node that cannot serve its callers holds the other up."""

from __future__ import annotations

import json

import pytest

from routing.decide.distribution import Distribution
from routing.decide.queued import QueuedCaller
from routing.decide.queued_elsewhere import HELD_MS, read, written
from routing.model.memory import State
from routing.model.queue import QueueMember, QueueSettings

PEOPLE = ("ivan", "olena")
SUPPORT = QueueSettings("support", "company", tuple(QueueMember(name, name, ("1",)) for name in PEOPLE))


class Node:
    """A node's queue. ``busy``: of all nodes; ``offered``: who rings for whom, of all nodes."""

    def __init__(self, busy: set[str]) -> None:
        self.busy = busy
        self.distribution = Distribution(lambda queue, members, required: [each.name for each in members])

    def call(self, uuid: str, arrived_ms: int, **facts: object) -> None:
        self.distribution.joined(QueuedCaller(uuid, SUPPORT, arrived_ms, **facts), arrived_ms)  # type: ignore[arg-type]

    def hears(self, *others: Node) -> bool:
        texts = [written(each.distribution.callers.values()) for each in others]
        return self.distribution.elsewhere.hear(texts, [SUPPORT])

    def offers(self, now_ms: int) -> list[tuple[str, str]]:
        def state(member: QueueMember) -> State:
            return "busy" if member.person in self.busy else "free"

        found = [(each.caller.uuid, each.members[0].person) for each in self.distribution.offers(now_ms, state)]
        self.busy |= {person for _, person in found}
        return found


@pytest.fixture
def nodes() -> tuple[Node, Node]:
    busy = {"olena"}
    return Node(busy), Node(busy)


def test_who_has_waited_longer_elsewhere_is_served_first(nodes):
    here, there = nodes
    here.call("new", 2_000)
    there.call("old", 1_000)
    assert (here.hears(there), there.hears(here)) == (True, True)
    assert here.offers(3_000) == []
    assert here.distribution.place(here.distribution.callers["new"]) == 2
    assert there.offers(3_000) == [("old", "ivan")]
    assert here.hears(there)  # it waits no more
    here.busy.remove("olena")
    assert here.offers(3_100) == [("new", "olena")]


def test_two_free_people_serve_both_nodes_at_once(nodes):
    here, there = nodes
    here.busy.clear()
    here.call("new", 2_000)
    there.call("old", 1_000)
    here.hears(there)
    there.hears(here)
    assert here.offers(3_000) == [("new", "olena")]
    assert there.offers(3_000) == [("old", "ivan")]


def test_a_node_that_does_not_serve_its_caller_holds_the_other_up_for_seconds_only(nodes):
    here, there = nodes
    here.call("new", 2_000)
    there.call("old", 1_000)
    here.hears(there)
    assert here.offers(3_000) == []
    assert here.distribution.next_ms(3_000) == 3_000 + HELD_MS
    assert here.offers(2_999 + HELD_MS) == []
    assert here.offers(3_000 + HELD_MS) == [("new", "ivan")]


def test_a_caller_whose_skills_nobody_free_has_keeps_nobody(nodes):
    here, there = nodes
    here.call("new", 2_000)
    there.call("old", 1_000, required={"language": "pl"})
    here.hears(there)
    assert here.offers(3_000) == [("new", "ivan")]


def test_who_waits_is_news_once(nodes):
    here, there = nodes
    here.call("new", 2_000)
    there.call("old", 1_000)
    assert (here.hears(there), here.hears(there)) == (True, False)
    there.distribution.gone("old", 3_000)
    assert here.hears(there)


def test_those_who_ring_or_talk_are_not_named(nodes):
    _, there = nodes
    there.call("old", 1_000)
    assert there.offers(2_000) == [("old", "ivan")]
    assert written(there.distribution.callers.values()) == ""
    there.distribution.talk_began("old", "ivan", 2_500)
    assert written(there.distribution.callers.values()) == ""


@pytest.mark.parametrize(
    "text", ["", "x", "{}", "[1]", "[2, []]", '[1, [["u"]]]', '[1, [["u", "support", "soon", {}, ""]]]', "[1, 5]"]
)
def test_what_cannot_be_read_is_nobody(text):
    assert read([text], [SUPPORT]) == ()


def test_queues_that_nobody_waits_in_here_do_not_count():
    text = json.dumps([1, [["u", "sales", 1_000, {}, ""]]])
    assert read([text], [SUPPORT]) == ()
