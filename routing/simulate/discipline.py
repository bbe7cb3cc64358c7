"""Who is offered to whom: the port that a simulation asks, and a simple discipline behind it.

A caller is known by a number, which is the simulation's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from routing.simulate.plan import QueuePlan

#: A point of priority is as much as having waited this much longer.
PRIORITY_MS = 60_000
#: Nobody is offered a caller this soon after they did not pick one up.
REST_MS = 10_000


class Discipline(Protocol):
    """Decides in virtual time. Whatever it is told, it answers by `offers` alone."""

    def waits(self, caller: int, queue: str, since_ms: int) -> None:
        """A caller begins to wait, or waits on: ``since_ms`` is their place."""

    def gone(self, caller: int, queue: str) -> None:
        """A caller waits no more: they talk, are being offered, or left."""

    def free(self, person: str, now_ms: int) -> None:
        """A person can be offered a caller from now on."""

    def busy(self, person: str) -> None:
        """A person cannot be offered anybody."""

    def missed(self, person: str, now_ms: int) -> int:
        """A person did not pick up. Returns when they can be offered a caller again."""

    def offers(self, now_ms: int) -> Iterable[tuple[str, int]]:
        """Who rings for whom now: (person, caller). Both count as taken."""


class LongestWaitFirst:
    """The caller who has waited longest gets the person who has been idle longest, or the first in the list.

    Over all queues: a person of several serves the oldest caller of any of them.
    """

    def __init__(self, queues: Mapping[str, QueuePlan]) -> None:
        self._queues = queues
        self._waiting: dict[str, dict[int, int]] = {name: {} for name in queues}  # queue -> caller -> since
        self._idle: dict[str, int] = {}  # free person -> since
        self._works_in = {
            name: {queue.name for queue in queues.values() if name in queue.people}
            for name in {person for queue in queues.values() for person in queue.people}
        }

    def waits(self, caller: int, queue: str, since_ms: int) -> None:
        """See Discipline."""
        waiting = self._waiting[queue]
        latest = next(reversed(waiting.values()), since_ms)
        waiting[caller] = since_ms
        if since_ms < latest:  # somebody who was offered, or is called back, has their place again
            self._waiting[queue] = dict(sorted(waiting.items(), key=lambda each: each[1]))

    def gone(self, caller: int, queue: str) -> None:
        """See Discipline."""
        self._waiting[queue].pop(caller, None)

    def free(self, person: str, now_ms: int) -> None:
        """See Discipline."""
        self._idle[person] = now_ms

    def busy(self, person: str) -> None:
        """See Discipline."""
        self._idle.pop(person, None)

    def missed(self, person: str, now_ms: int) -> int:
        """See Discipline."""
        return now_ms + REST_MS

    def offers(self, now_ms: int) -> Iterable[tuple[str, int]]:
        """See Discipline."""
        while self._idle and (name := self._next()):
            queue = self._queues[name]
            caller = next(iter(self._waiting[name]))
            person = self._who(queue)
            del self._waiting[name][caller], self._idle[person]
            yield person, caller

    def _next(self) -> str:
        """The queue whose first caller has waited longest, of those for which somebody is free; "" for none."""
        open_ = {queue for person in self._idle for queue in self._works_in.get(person, ()) if self._waiting[queue]}
        return min(open_, key=lambda name: (self._since(name), name), default="")

    def _since(self, name: str) -> int:
        return next(iter(self._waiting[name].values())) - self._queues[name].priority * PRIORITY_MS

    def _who(self, queue: QueuePlan) -> str:
        there = [person for person in queue.people if person in self._idle]
        return there[0] if queue.order == "in_order" else min(there, key=self._idle.__getitem__)
