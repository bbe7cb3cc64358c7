"""People who are busy on another node are busy here, at once and no longer than that node lives."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.engine.elsewhere import HOLDS_SECONDS, Elsewhere
from routing.engine.states import States
from routing.esl.watch import Channel, Snapshot


class Others:
    """Other nodes: what they say, and what they were told."""

    def __init__(self) -> None:
        self.busy: list[str] | None = []
        self.told: list[tuple[str, str, str | None]] = []

    def exchange(self, project: str, node: str, worker: str, text: str | None) -> list[str] | None:
        self.told.append((project, node, text))
        return self.busy


class Node:
    """A node's states, and what it exchanges."""

    def __init__(self, root: Path) -> None:
        (root / "current").mkdir(parents=True)
        (root / "current/table.json").write_text('{"project": "p"}')
        self.now, self.changes = 100.0, 0
        self.states, self.others = States(clock=lambda: self.now), Others()
        self.elsewhere = Elsewhere(root, self.states, self.others, "1", self._changed, clock=lambda: self.now)

    def _changed(self) -> None:
        self.changes += 1

    def seen(self, *channels: Channel, registered: tuple[str, ...] = ("1001",), proxied: bool = False) -> None:
        self.states.node, self.states.is_proxied = "kyiv1", proxied
        self.states.seen(Snapshot(channels, frozenset(registered)))

    def ivan(self, call: str = "") -> str:
        return self.states.presence_of(call).state("ivan", ("1001",), False)


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def test_who_talks_elsewhere_is_busy_here(node: Node) -> None:
    node.seen()
    node.others.busy = ["ivan"]
    node.elsewhere.turn()
    assert (node.ivan(), node.changes) == ("busy", 1)
    node.elsewhere.turn()
    assert node.changes == 1
    node.others.busy = []
    node.elsewhere.turn()
    assert (node.ivan(), node.changes) == ("free", 2)


def test_others_hear_who_rings_talks_or_is_about_to(node: Node) -> None:
    node.seen(Channel("leg", "olena.desk", "call"))
    node.states.promise("ivan", "call", 2.0)
    node.elsewhere.turn()
    assert node.others.told == [("p", "kyiv1", "ivan olena\n")]
    node.now += 3
    node.states.lost("gone")
    node.elsewhere.turn()
    assert node.others.told[-1] == ("p", "kyiv1", None)


def test_nothing_is_said_before_the_node_has_a_name(node: Node) -> None:
    node.elsewhere.turn()
    assert node.others.told == []


def test_without_redis_what_was_known_holds_for_some_seconds(node: Node) -> None:
    node.seen()
    node.others.busy = ["ivan"]
    node.elsewhere.turn()
    node.others.busy = None
    node.elsewhere.turn()
    assert node.ivan() == "busy"
    node.now += HOLDS_SECONDS
    node.elsewhere.turn()
    assert node.ivan() == "free"


def test_a_promise_wakes_the_exchange(node: Node) -> None:
    woken = []
    node.states.promised = lambda: woken.append(True)
    node.states.promise("ivan", "call", 2.0)
    assert woken == [True]


def test_behind_a_proxy_nobody_is_taken_for_absent(node: Node) -> None:
    node.seen(registered=(), proxied=True)
    assert node.ivan() == "free"
    assert node.states.presence_of("").state("olena", (), False) == "absent"
    node.seen(registered=())
    assert node.ivan() == "absent"


def test_who_is_offered_is_busy_before_their_caller_waits_no_more(node: Node) -> None:
    node.seen()
    node.elsewhere.queued, node.elsewhere.offered = lambda: "[1, []]", lambda: {"petro"}
    node.elsewhere.turn()
    assert node.others.told == [("p", "kyiv1", "petro\n[1, []]")]


def test_others_queues_count_behind_a_proxy(node: Node) -> None:
    heard: list[list[str]] = []

    def hears(texts: list[str]) -> bool:
        heard.append(texts)
        return True

    node.elsewhere.hears = hears
    node.others.busy = ["ivan\n[1, []]", ""]
    node.seen()
    node.elsewhere.turn()
    assert (heard, node.changes) == ([], 1)
    node.seen(proxied=True)
    node.elsewhere.turn()
    assert (heard, node.changes) == ([["[1, []]", ""]], 2)
