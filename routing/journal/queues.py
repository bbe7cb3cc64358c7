"""Figures of queues: answered, abandoned, service level both ways, waits. Pure.

A call that hung up within `SHORT_SECONDS` is a short abandon: it never waited for anybody, and counts apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from routing.journal.result import StepResult

#: Answered within so long is in time.
IN_TIME_SECONDS = 20
SHORT_SECONDS = 5


class QueueWait(NamedTuple):
    """A call's wait in a queue: its name, seconds to the talk, the hangup or the way out, and how it ended."""

    queue: str
    wait_s: float
    result: str


def queue_of(inputs: str) -> str:
    """The queue of a step's inputs: its name, then the reasons of the engine."""
    return inputs.partition(" / ")[0]


@dataclass
class QueueLine:
    """Counts of one queue. ``left``: who went on by a key, or after the longest wait; ``wait_s`` of answered calls."""

    calls: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    left: int = 0
    wait_s: float = 0.0
    longest_s: float = 0.0

    def add(self, wait: QueueWait) -> None:
        """Count one call."""
        self.calls += 1
        self.longest_s = max(self.longest_s, wait.wait_s)
        if wait.result == StepResult.TALKED:
            self.answered += 1
            self.in_time += wait.wait_s <= IN_TIME_SECONDS
            self.wait_s += wait.wait_s
        elif wait.result != StepResult.LEFT:
            self.left += 1
        elif wait.wait_s <= SHORT_SECONDS:
            self.short += 1
        else:
            self.abandoned += 1

    @property
    def mean_wait_s(self) -> float:
        """Seconds until an answered call was answered."""
        return self.wait_s / self.answered if self.answered else 0.0

    @property
    def level_of_answered(self) -> float:
        """Answered in time, of the answered calls, 0..1."""
        return self.in_time / self.answered if self.answered else 0.0

    @property
    def level_of_all(self) -> float:
        """Answered in time, of all that waited, 0..1: who abandoned or left counts as late, short abandons do not."""
        waited = self.answered + self.abandoned + self.left
        return self.in_time / waited if waited else 0.0

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        shares = {name: round(getattr(self, name), 3) for name in ("mean_wait_s", "level_of_answered", "level_of_all")}
        return vars(self) | shares


@dataclass
class QueueReport:
    """The figures by queue."""

    queues: dict[str, QueueLine] = field(default_factory=lambda: defaultdict(QueueLine))

    @classmethod
    def of(cls, waits: Iterable[QueueWait]) -> QueueReport:
        """Count waits."""
        found = cls()
        for wait in waits:
            found.queues[wait.queue].add(wait)
        return found

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {name: line.as_json() for name, line in sorted(self.queues.items())}
