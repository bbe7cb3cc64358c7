"""Many calls on one virtual clock: each runs until it waits, then whoever is due first goes on.

A call's script is a greenlet: it stops in the middle of the application that waits (`routing.offline.line.CallerLine`)
and goes on there. Nothing here knows what a script does. Calls due at the same moment go on in the order in which they
began to wait, so that every run gives the same events.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from greenlet import getcurrent, greenlet


class Freed(Exception):
    """A call that rings somebody is told so when they have hung up another call: now they may pick it up."""


@dataclass
class World:
    """What calls share: the clock, in milliseconds since the epoch, FreeSWITCH's globals, the phones in use."""

    now_ms: int = 0
    globals: dict[str, str] = field(default_factory=dict)
    #: Who is due: when, which of all waits this is, whose.
    _due: list[tuple[int, int, greenlet]] = field(default_factory=list)
    _count: int = 0
    #: The present wait of each script; an older one in `_due` is over.
    _waits: dict[greenlet, int] = field(default_factory=dict)
    #: By call: its script, while it waits; by script: what it was woken with.
    _waiting: dict[str, greenlet] = field(default_factory=dict)
    _woken: dict[greenlet, BaseException] = field(default_factory=dict)
    #: Person (or number) -> phone -> the calls that ring it, and those that talk with it.
    _rung: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    _talking: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    #: Calls that are held for somebody who is busy, in order, and how each looks whether it may go on.
    _held: dict[str, Callable[[], None]] = field(default_factory=dict)

    def begin(self, at_ms: int, script: Callable[[], object]) -> None:
        """A script begins at a moment, now if that is over."""
        self._wait(greenlet(script), at_ms)

    def run(self) -> None:
        """Let time pass until every script is over. Raises what a script raises."""
        while self._due:
            at_ms, wait, script = heapq.heappop(self._due)
            if self._waits.get(script) == wait:
                del self._waits[script]
                self.now_ms = max(self.now_ms, at_ms)
                script.parent = getcurrent()
                # one that has not begun takes no argument
                script.switch(*((self._woken.pop(script, None),) if script else ()))

    def wait(self, call: str, at_ms: int) -> BaseException | None:
        """In a script: let everything happen that comes before a moment; returns what it was woken with, if it was."""
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
        """End what a call waits for, now, with an interruption (`routing.offline.line`); False: it does not wait."""
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
        """A call has done with a phone; when that was a talk, whoever rings the same person learns of it."""
        person = _owner(target)
        rang = _removed(self._rung.get(person, {}), target, call)
        talked = _removed(self._talking.get(person, {}), target, call)
        if talked:
            self._freed(person)
        if rang or talked:
            self._look_again()

    def holds(self, call: str, look: Callable[[], None] | None) -> None:
        """A call is held, and looks whenever a phone is left; None: it is held no longer."""
        if look is None:
            self._held.pop(call, None)
        else:
            self._held.setdefault(call, look)

    def is_talking(self, target: str, besides: str) -> bool:
        """Whether a phone talks with another call."""
        return any(call != besides for call in self._talking.get(_owner(target), {}).get(target, ()))

    def is_person_talking(self, target: str, besides: str) -> bool:
        """Whether the person whose phone this is talks on any of their phones with another call."""
        return _is_used(self._talking.get(_owner(target), {}), besides)

    def is_busy(self, person: str, besides: str) -> bool:
        """Whether a phone of a person rings or talks for another call."""
        return any(_is_used(kept.get(person, {}), besides) for kept in (self._rung, self._talking))

    def _freed(self, person: str) -> None:
        talking = {call for calls in self._talking.get(person, {}).values() for call in calls}
        ringing = (call for calls in self._rung.get(person, {}).values() for call in calls)
        for call in dict.fromkeys(ringing):
            if call not in talking and self._waiting.get(call) not in self._woken:
                self.wake(call, Freed())

    def _look_again(self) -> None:
        """Whoever has been held longest goes first: whom they ring is not free for the next."""
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


def _is_used(phones: Mapping[str, Sequence[str]], besides: str) -> bool:
    return any(call != besides for calls in phones.values() for call in calls)


def _removed(phones: dict[str, list[str]], target: str, call: str) -> bool:
    """Whether the call was one of the phone's; it is one no longer."""
    calls = phones.get(target, [])
    if call not in calls:
        return False
    calls.remove(call)
    if not calls:
        del phones[target]
    return True
