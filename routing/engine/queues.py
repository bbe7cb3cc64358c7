"""Waiting calls, the longest wait first: one queue for each step, and the order over all queues.

Every worker knows all waiting calls of its node, so that no worker sends a newer call past them. No decisions here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from routing.model.call import Call
from routing.model.decision import TURN_SECONDS

#: A call without an event for so long waits no more: a turn takes five seconds.
SILENT_SECONDS = TURN_SECONDS + 2.0


@dataclass
class Waiter:
    """A waiting call; ``turn`` is the last one that it reported, ``step`` the compiled step that it waits in.

    ``since_s``: when it began to wait, computed from its turns, because another engine may have noted the first ones.
    """

    call: Call
    step: Mapping[str, Any]
    turn: str
    since_s: float
    heard_s: float

    @property
    def queue(self) -> tuple[str, str, str]:
        """Calls that wait in the same step share a queue."""
        return self.call.release, self.call.scheme, self.call.step


@dataclass
class Queues:
    """All waiting calls. Times are monotonic seconds."""

    _waiters: dict[str, Waiter] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._waiters)

    def __iter__(self) -> Iterator[Waiter]:
        """The longest wait first."""
        return iter(sorted(self._waiters.values(), key=lambda each: each.since_s))

    def __contains__(self, waiter: Waiter) -> bool:
        return self._waiters.get(waiter.call.uuid) is waiter

    def clear(self) -> None:
        """Forget every call."""
        self._waiters.clear()

    def heard(self, call: Call, step: Mapping[str, Any], turn: str, now_s: float) -> Waiter:
        """A call reports a turn of waiting."""
        since_s = now_s - TURN_SECONDS * (len(turn) - 1)
        known = self._waiters.setdefault(call.uuid, Waiter(call, step, turn, since_s, now_s))
        known.call, known.turn, known.heard_s = call, turn, now_s
        return known

    def drop(self, waiter: Waiter) -> None:
        """A call waits no more."""
        self._waiters.pop(waiter.call.uuid, None)

    def waits(self, call: Call) -> bool:
        """Whether a call has reported that it waits."""
        return call.uuid in self._waiters

    def heads(self) -> list[Waiter]:
        """The first call of each queue; nobody behind it can be sent on while it waits."""
        first: dict[tuple[str, str, str], Waiter] = {}
        for waiter in self:
            first.setdefault(waiter.queue, waiter)
        return list(first.values())

    def before(self, call: Call) -> Iterator[Waiter]:
        """The calls that have waited longer than this one; all when it does not wait yet."""
        own = self._waiters.get(call.uuid)
        return (each for each in self if own is None or each.since_s < own.since_s)
