"""Many calls on one virtual clock: each runs until it waits, then the one that is due first goes on.

A call's script is a greenlet: it stops in the middle of the application that waits (`routing.offline.line.CallerLine`)
and goes on there. Nothing here knows what a script does. Calls due at the same moment go on in the order in which they
began to wait, so that every run gives the same events.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenlet import getcurrent, greenlet


class Freed(Exception):
    """Wakes a call that rings a person who has just ended another talk: they may pick up now."""


@dataclass
class World:
    """What calls share: the clock (milliseconds since the epoch), FreeSWITCH's globals, the phones in use."""

    now_ms: int = 0
    globals: dict[str, str] = field(default_factory=dict)
    #: Rooms where several calls talk, by name; what they hold is the calls' matter.
    rooms: dict[str, Any] = field(default_factory=dict)
    #: Legs with a dialplan of their own, by uuid (`routing.offline.legs`).
    legs: dict[str, Any] = field(default_factory=dict)
    #: Heap of waits: when it is due, its number, its script.
    _due: list[tuple[int, int, greenlet]] = field(default_factory=list)
    _count: int = 0
    #: The number of each script's current wait; an older one in `_due` is void.
    _waits: dict[greenlet, int] = field(default_factory=dict)
    #: Call -> its script, while it waits; script -> the interruption that woke it.
    _waiting: dict[str, greenlet] = field(default_factory=dict)
    _woken: dict[greenlet, BaseException] = field(default_factory=dict)
    #: Person (or number) -> phone -> the calls that ring it, and the calls that talk with it.
    _rung: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    _talking: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    #: Calls that wait for a busy person, in order, each with the function that checks whether it can go on.
    _held: dict[str, Callable[[], None]] = field(default_factory=dict)

    def begin(self, at_ms: int, script: Callable[[], object]) -> None:
        """Start a script at a moment; at once when that is in the past."""
        self._wait(greenlet(script), at_ms)

    def run(self) -> None:
        """Run until every script is over. Raises what a script raises."""
        while self._due:
            at_ms, wait, script = heapq.heappop(self._due)
            if self._waits.get(script) == wait:
                del self._waits[script]
                self.now_ms = max(self.now_ms, at_ms)
                script.parent = getcurrent()
                # a script that has not begun takes no argument
                script.switch(*((self._woken.pop(script, None),) if script else ()))

    def wait(self, call: str, at_ms: int) -> BaseException | None:
        """In a script: wait until a moment; return the interruption that woke it, if any."""
        if at_ms <= self.now_ms:
            return None
        script = self._waiting[call] = getcurrent()
        self._wait(script, at_ms)
        try:
            hub = script.parent
            assert hub is not None  # `run` has begun this script
            outcome: BaseException | None = hub.switch()
            return outcome
        finally:
            del self._waiting[call]

    def wake(self, call: str, outcome: BaseException) -> bool:
        """End a call's wait now with an interruption (`routing.offline.line`); False when it does not wait."""
        script = self._waiting.get(call)
        if script is None or not isinstance(self._woken.get(script, Freed()), Freed):
            return False
        self._woken[script] = outcome
        self._wait(script, self.now_ms)
        return True

    def rings(self, target: str, call: str) -> None:
        """A call rings a phone."""
        self._rung.setdefault(_owner(target), {}).setdefault(target, []).append(call)

    def talks(self, target: str, call: str) -> None:
        """A call talks with a phone that it has rung."""
        self._talking.setdefault(_owner(target), {}).setdefault(target, []).append(call)

    def leaves(self, target: str, call: str) -> None:
        """A call leaves a phone; after a talk, wake the calls that ring the same person."""
        person = _owner(target)
        rang = _removed(self._rung.get(person, {}), target, call)
        talked = _removed(self._talking.get(person, {}), target, call)
        if talked:
            self._freed(person)
        if rang or talked:
            self._look_again()

    def holds(self, call: str, look: Callable[[], None] | None) -> None:
        """Let a call wait for a busy person: ``look`` runs whenever a phone is left; None ends that."""
        if look is None:
            self._held.pop(call, None)
        else:
            self._held.setdefault(call, look)

    def is_talking(self, target: str, except_call: str) -> bool:
        """Whether a phone talks with another call."""
        return any(call != except_call for call in self._talking.get(_owner(target), {}).get(target, ()))

    def is_person_talking(self, target: str, except_call: str) -> bool:
        """Whether the phone's person talks on any of their phones with another call."""
        return _is_used(self._talking.get(_owner(target), {}), except_call)

    def is_busy(self, person: str, except_call: str) -> bool:
        """Whether another call rings or talks with a phone of a person."""
        return any(_is_used(kept.get(person, {}), except_call) for kept in (self._rung, self._talking))

    def _freed(self, person: str) -> None:
        talking = {call for calls in self._talking.get(person, {}).values() for call in calls}
        ringing = (call for calls in self._rung.get(person, {}).values() for call in calls)
        for call in dict.fromkeys(ringing):
            if call not in talking and self._waiting.get(call) not in self._woken:
                self.wake(call, Freed())

    def _look_again(self) -> None:
        """Check the waiting calls, the longest waiting first; stop at the first that goes on: it takes the person."""
        for call, look in list(self._held.items()):
            look()
            if self._waiting.get(call) in self._woken:
                return

    def _wait(self, script: greenlet, at_ms: int) -> None:
        self._count += 1
        self._waits[script] = self._count
        heapq.heappush(self._due, (at_ms, self._count, script))


def _owner(target: str) -> str:
    return target.partition(".")[0]


def _is_used(phones: Mapping[str, Sequence[str]], except_call: str) -> bool:
    return any(call != except_call for calls in phones.values() for call in calls)


def _removed(phones: dict[str, list[str]], target: str, call: str) -> bool:
    """Remove a call from a phone; whether it was there."""
    calls = phones.get(target, [])
    if call not in calls:
        return False
    calls.remove(call)
    if not calls:
        del phones[target]
    return True
