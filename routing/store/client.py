"""Runs commands in Redis within a timeout, with a circuit breaker for a Redis that does not answer.

A dead or stuck Redis costs a few decisions one timeout each. Then the breaker is open: commands fail at once, and a
background greenlet retries until Redis is back or a replica has taken over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import gevent
from redis.exceptions import (
    AskError,
    ClusterDownError,
    MovedError,
    NoPermissionError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from routing.store.address import RedisAddress, RedisEndpoint
from routing.store.connection import Command, Reply
from routing.store.nodes import RedisNode, RedisNodes, nodes

BUDGET_SECONDS = 0.05
#: Pause between two attempts to reach Redis again, and the timeout of one attempt.
RETRY_SECONDS = 0.2
TRY_SECONDS = 0.5
#: Errors of a node that does not serve the key, or not now.
_ELSEWHERE = (ReadOnlyError, ClusterDownError, TryAgainError)
#: redis-py's error text when nobody listens.
_UNREACHED = re.compile(r"Error \d+ connecting to (?P<at>.+?)\. (?P<why>.+)\.", re.DOTALL)
_OPEN = "Redis does not answer (breaker open)"


class StoreDown(Exception):
    """Redis did not answer in time; the text says why. A normal case: continue as if nothing were remembered."""


class RedisStore:
    """``ask`` serves any number of greenlets of one thread. ``report``: called when Redis goes and comes back."""

    def __init__(
        self,
        address: RedisAddress,
        budget_s: float = BUDGET_SECONDS,
        report: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self._address = address
        self._budget_s = budget_s
        self._report = report
        self._nodes: RedisNodes = nodes(address)
        self._recovering: Any = None
        #: No Sentinel or cluster node says where Redis is.
        self._lost = False

    @property
    def is_up(self) -> bool:
        """Whether every node answered its last command."""
        return self._recovering is None

    def ask(self, key: str, *commands: Command, budget_s: float | None = None) -> list[Reply]:
        """The replies to commands on keys in the slot of ``key``, sent in one write.

        Raises StoreDown, after ``budget_s`` seconds at the latest; the commands may have been executed all the same.
        """
        if self._lost:
            raise StoreDown(_OPEN)
        budget_s = self._budget_s if budget_s is None else budget_s
        timer = gevent.Timeout.start_new(budget_s)
        node: RedisNode | None = None
        try:
            node = self._nodes.holder(key)
            if not node.circuit.allows():
                raise StoreDown(_OPEN)
            replies = self._replies(node, commands)
        except gevent.Timeout as fired:
            if fired is not timer:
                raise
            raise self._failed(node, f"no answer from Redis within {budget_s * 1000:.0f} ms") from None
        except (OSError, RedisError) as problem:
            raise self._failed(node, _error_text(problem), at_once=isinstance(problem, _ELSEWHERE)) from None
        finally:
            timer.close()
        node.circuit.succeeded()
        return replies

    def close(self) -> None:
        """End the background greenlet and close every idle connection."""
        if self._recovering:
            self._recovering.kill()
        for node in self._nodes.all():
            node.forget()

    def _replies(self, node: RedisNode, commands: Sequence[Command]) -> list[Reply]:
        """Follows one redirection of a cluster. Raises StoreDown for an error that a retry would not fix."""
        replies = node.ask(commands)
        moved = next((reply for reply in replies if isinstance(reply, AskError)), None)
        if moved:
            named = self._nodes.at(RedisEndpoint(moved.host or node.endpoint.host, moved.port))
            if isinstance(moved, MovedError):
                gevent.spawn(self._learn)
                replies = named.ask(commands)
            else:
                replies = named.ask([each for command in commands for each in (("ASKING",), command)])[1::2]
        for reply in replies:
            if isinstance(reply, (*_ELSEWHERE, AskError)):
                raise reply
            if isinstance(reply, ResponseError):
                raise StoreDown(f"Redis refused: {reply}")
        return replies

    def _failed(self, node: RedisNode | None, reason: str, at_once: bool = False) -> StoreDown:
        """Count a failure; after a few in a row the breaker opens until Redis answers again."""
        if node:
            node.circuit.failed(is_certain=at_once)
        else:
            self._lost = True
        if (node is None or not node.circuit.allows()) and self._recovering is None:
            self._report(f"breaker open: {reason}")
            self._recovering = gevent.spawn(self._recover)
        return StoreDown(reason)

    def _recover(self) -> None:
        """Retry until every node in use answers."""
        while True:
            with gevent.Timeout(TRY_SECONDS, False):  # type: ignore[arg-type]
                try:
                    if self._found():
                        break
                except (OSError, RedisError):
                    pass
            gevent.sleep(RETRY_SECONDS)
        self._recovering = None
        self._report("answers again")

    def _found(self) -> bool:
        """Whether every node in use answers and takes writes."""
        self._nodes.refresh()
        self._lost = False
        for node in self._nodes.all():
            if not node.circuit.allows():
                node.forget()
                (role,) = node.ask([("ROLE",)])
                if not _takes_writes(role):
                    return False
                node.circuit.succeeded()
        return True

    def _learn(self) -> None:
        """After a redirection: learn where the slots are now."""
        with gevent.Timeout(TRY_SECONDS, False):  # type: ignore[arg-type]
            try:
                self._nodes.refresh()
            except (OSError, RedisError):
                return


def _takes_writes(role: Reply) -> bool:
    """Without the permission to read the role it counts as the master: a refused write would show otherwise."""
    if isinstance(role, ResponseError):
        return isinstance(role, NoPermissionError)
    return bool(role[0] == b"master")


def _error_text(problem: Exception) -> str:
    """The text of an error, without the address's password (redis-py never includes it)."""
    text = str(problem).strip() or type(problem).__name__
    if unreached := _UNREACHED.fullmatch(text):
        text = f"Redis at {unreached['at'].removesuffix(':0')} cannot be reached: {unreached['why']}"
    return text[:200]
