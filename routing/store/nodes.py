"""The node that holds a key: one Redis, the master that Sentinel names, or the cluster's node of the key's slot.

A node keeps its idle connections and its breaker. Methods have no deadline of their own: the caller sets one
(gevent.Timeout). Only ``refresh`` changes the nodes; the client calls it in the background.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Protocol

import gevent
from redis.crc import key_slot
from redis.exceptions import RedisError

from routing.model.circuit import Circuit
from routing.store.address import RedisAddress, RedisEndpoint
from routing.store.connection import Command, Connection, Reply

#: Failures in a row that open a node's breaker until it answers again.
FAILURES_TO_OPEN = 3
#: Timeout for one of several Sentinels or cluster nodes to name the master or the slots.
TELL_SECONDS = 0.3
MOST_IDLE = 64


class NodeNotFound(OSError):
    """No Sentinel or cluster node names the node of a key."""


class RedisNode:
    """One Redis and the idle connections to it."""

    def __init__(self, endpoint: RedisEndpoint, address: RedisAddress, for_sentinel: bool = False) -> None:
        self.endpoint = endpoint
        self.circuit = Circuit(FAILURES_TO_OPEN)
        self._address = address
        self._for_sentinel = for_sentinel
        self._idle: list[Connection] = []

    def ask(self, commands: Sequence[Command]) -> list[Reply]:
        """The replies; the error of a command takes its reply's place. Raises OSError or RedisError.

        A connection that Redis closed while it was idle is replaced once.
        """
        connection = self._idle.pop() if self._idle else self._new()
        try:
            replies = connection.ask(commands)
        except (OSError, RedisError):
            connection.drop()
            if connection.fresh:
                raise
            self.forget()
            connection = self._new()
            replies = connection.ask(commands)
        if len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        return replies

    def forget(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().drop()

    def _new(self) -> Connection:
        return Connection(self.endpoint, self._address, self._for_sentinel)


class RedisNodes(Protocol):
    """Finds nodes."""

    def holder(self, key: str) -> RedisNode:
        """The node of a key. Raises OSError or RedisError when it cannot be found."""

    def at(self, endpoint: RedisEndpoint) -> RedisNode:
        """The node at an endpoint that another node named."""

    def refresh(self) -> None:
        """Find the nodes again. Raises OSError or RedisError."""

    def all(self) -> Iterable[RedisNode]:
        """Every node in use."""


class Single:
    """One Redis."""

    def __init__(self, address: RedisAddress) -> None:
        self._node = RedisNode(address.hosts[0], address)

    def holder(self, key: str) -> RedisNode:
        """See RedisNodes."""
        return self._node

    def at(self, endpoint: RedisEndpoint) -> RedisNode:
        """See RedisNodes."""
        return self._node

    def refresh(self) -> None:
        """See RedisNodes: there is nothing to find."""

    def all(self) -> Iterable[RedisNode]:
        """See RedisNodes."""
        return (self._node,)


class Sentinel:
    """The master that the Sentinels name."""

    def __init__(self, address: RedisAddress) -> None:
        self._address = address
        self._sentinels = [RedisNode(endpoint, address, for_sentinel=True) for endpoint in address.hosts]
        self._master: RedisNode | None = None

    def holder(self, key: str) -> RedisNode:
        """See RedisNodes."""
        if self._master is None:
            self.refresh()
        assert self._master
        return self._master

    def at(self, endpoint: RedisEndpoint) -> RedisNode:
        """See RedisNodes."""
        return self.holder("")

    def refresh(self) -> None:
        """See RedisNodes. The Sentinel that answered is queried first the next time."""
        question = ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self._address.name)
        for sentinel, (reply,) in _replies_of(self._sentinels, question):
            if isinstance(reply, list) and len(reply) == 2:
                self._sentinels.sort(key=lambda each: each is not sentinel)
                self._use(RedisEndpoint(reply[0].decode(), int(reply[1])))
                return
        raise NodeNotFound(f"no Sentinel knows the master {self._address.name}")

    def _use(self, endpoint: RedisEndpoint) -> None:
        if self._master is None or self._master.endpoint != endpoint:
            if self._master:
                self._master.forget()
            self._master = RedisNode(endpoint, self._address)

    def all(self) -> Iterable[RedisNode]:
        """See RedisNodes."""
        return (self._master,) if self._master else ()


class Cluster:
    """The nodes of a cluster by their slots."""

    def __init__(self, address: RedisAddress) -> None:
        self._address = address
        self._nodes = {endpoint: RedisNode(endpoint, address) for endpoint in address.hosts}
        #: (first slot, last slot, node)
        self._ranges: list[tuple[int, int, RedisNode]] = []

    def holder(self, key: str) -> RedisNode:
        """See RedisNodes."""
        if not self._ranges:
            self.refresh()
        slot = key_slot(key.encode())
        for first, last, node in self._ranges:
            if first <= slot <= last:
                return node
        raise NodeNotFound(f"no node of the cluster holds slot {slot}")

    def at(self, endpoint: RedisEndpoint) -> RedisNode:
        """See RedisNodes."""
        return self._nodes.setdefault(endpoint, RedisNode(endpoint, self._address))

    def refresh(self) -> None:
        """See RedisNodes. Nodes without slots are forgotten, except those of the URL."""
        known = sorted(self._nodes.values(), key=lambda node: node.circuit.failures)
        for node, (reply,) in _replies_of(known, ("CLUSTER", "SLOTS")):
            if isinstance(reply, list) and reply:
                self._ranges = [(int(first), int(last), self._named(node, at)) for first, last, at, *_ in reply]
                self._keep({each for _, _, each in self._ranges})
                return
        raise NodeNotFound("no node of the cluster answers with its slots")

    def _named(self, by: RedisNode, at: Sequence[bytes | int]) -> RedisNode:
        """A node as another one names it; an empty host means the naming node's."""
        host = at[0].decode() if isinstance(at[0], bytes) else ""
        return self.at(RedisEndpoint(host or by.endpoint.host, int(at[1])))

    def _keep(self, used: set[RedisNode]) -> None:
        for endpoint, node in list(self._nodes.items()):
            if node not in used and endpoint not in self._address.hosts:
                node.forget()
                del self._nodes[endpoint]

    def all(self) -> Iterable[RedisNode]:
        """See RedisNodes."""
        return {id(node): node for _, _, node in self._ranges}.values()


def _replies_of(nodes: Sequence[RedisNode], question: Command) -> Iterator[tuple[RedisNode, list[Reply]]]:
    """The nodes that answer a command in time, one after another, with their replies."""
    for node in list(nodes):
        replies: list[Reply] = []
        with gevent.Timeout(TELL_SECONDS, False), suppress(OSError, RedisError):  # type: ignore[arg-type]
            replies = node.ask([question])
        if replies:
            yield node, replies


def nodes(address: RedisAddress) -> RedisNodes:
    """The nodes of an address."""
    kinds: dict[str, type[Single] | type[Sentinel] | type[Cluster]] = {
        "single": Single,
        "sentinel": Sentinel,
        "cluster": Cluster,
    }
    return kinds[address.kind](address)
