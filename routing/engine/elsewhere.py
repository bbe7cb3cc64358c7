"""Tells other nodes who rings or talks here, and the states of this node who does there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import gevent
from gevent.event import Event

from routing.engine.queue_calls import QueueCalls
from routing.engine.states import States
from routing.esl.client import EventSocketClient
from routing.store.node_leases import LEASE_MS, NodeLeases

#: Between two exchanges: when nothing happens, and at least.
EVERY_SECONDS, LEAST_SECONDS = 1.0, 0.05
#: How often FreeSWITCH is asked for what only `routing node init` changes.
LOOK_SECONDS = 30.0
#: What is known of other nodes holds for so long without an answer.
HOLDS_SECONDS = LEASE_MS / 1000


@dataclass
class Elsewhere:
    """``worker``: tells this node's workers apart; ``changed``: called when something is new there.

    ``queued``: who waits in this worker's queues, None where another worker leads; ``offered``: who is about to ring
    for them; ``hears``: takes what other nodes say of theirs, and returns whether it is news.
    """

    root: Path
    states: States
    others: NodeLeases
    worker: str
    changed: Callable[[], None] = lambda: None
    queued: Callable[[], str | None] = lambda: None
    offered: Callable[[], Collection[str]] = lambda: ()
    hears: Callable[[list[str]], bool] = lambda texts: False
    clock: Callable[[], float] = time.monotonic
    _wake: Event = field(default_factory=Event)
    _project: str = ""
    _heard_s: float = float("-inf")

    def wake(self) -> None:
        """Somebody's state may have changed here. Does not block."""
        self._wake.set()

    def keep(self) -> None:
        """Exchange until the greenlet is killed."""
        while True:
            self._wake.clear()
            self.turn()
            gevent.sleep(LEAST_SECONDS)
            self._wake.wait(EVERY_SECONDS)

    def turn(self) -> None:
        """Say who is busy here, and learn who is elsewhere; nobody is once that has not been known for some time."""
        states = self.states
        project = self._project or self._read()
        if not (project and states.node):
            return
        found = self.others.exchange(project, states.node, self.worker, self._text())
        if found is not None:
            self._heard_s = self.clock()
        elif self.clock() - self._heard_s < HOLDS_SECONDS:
            return
        texts = [text.partition("\n") for text in found or ()]
        people = frozenset(person for busy, _, _ in texts for person in busy.split())
        is_news, states.elsewhere = people != states.elsewhere, people
        # without a proxy each node has people of its own, and a queue for them
        if (states.is_proxied and self.hears([queued for _, _, queued in texts])) or is_news:
            self.changed()

    def _text(self) -> str | None:
        """Who is busy, in a line, then who waits, in one: whoever is offered somebody must not cease to wait before
        that person is busy. None while it is not known who is busy."""
        if not self.states.is_known:
            return None
        busy = self.states.busy() | set(self.offered())
        return f"{' '.join(sorted(busy))}\n{self.queued() or ''}"

    def _read(self) -> str:
        """The project's name, which never changes for a root; "" without a release."""
        try:
            self._project = str(json.loads((self.root / "current/table.json").read_bytes())["project"])
        except (OSError, ValueError, KeyError):
            return ""
        return self._project


def learn_node(client: EventSocketClient, states: States) -> None:
    """Learn the node's name, and whether phones are registered at a proxy, until the greenlet is killed.

    Raises SwitchFault.
    """
    while True:
        name, phones_at = client.ask("api switchname", "api global_getvar routing_phones_at")
        states.node, states.is_proxied = name.strip(), "fs_path=" in phones_at
        gevent.sleep(LOOK_SECONDS)


def keep_exchanging(root: Path, states: States, others: NodeLeases, worker: str, calls: QueueCalls) -> None:
    """Exchange with other nodes from now on, at once when something changes here. Does not block."""
    here = states.changed
    elsewhere = Elsewhere(root, states, others, worker, here, calls.waiting, calls.offered, calls.elsewhere)

    def changed() -> None:
        here()
        elsewhere.wake()

    states.changed, states.promised, calls.served = changed, elsewhere.wake, elsewhere.wake
    gevent.spawn(elsewhere.keep)
