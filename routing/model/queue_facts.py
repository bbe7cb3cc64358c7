"""What is known of a queue beyond its waiting calls, and must outlive the engine: the port, and what it keeps.

Times are milliseconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class WorkFacts:
    """What followed from a person's offers and talks, as in `routing.decide.duty.Duty`.

    ``talk``: the waiting call (uuid) with which they talk now, or ""; a wrap-up of ``talk_wrap_up_ms`` follows it.
    """

    paused_ms: int = 0
    wrap_up_ms: int = 0
    delayed_ms: int = 0
    missed: int = 0
    ready_since_ms: int = 0
    talk: str = ""
    talk_wrap_up_ms: int = 0


@dataclass(frozen=True)
class LostCall:
    """A call that hung up while it waited: when it had come, when it was lost, until when its place may be resumed."""

    arrived_ms: int
    lost_ms: int
    until_ms: int


class QueueFacts(Protocol):
    """Keeps facts of queues. Every method raises `routing.model.memory.Forgotten`."""

    def work(self, project: str) -> Mapping[str, WorkFacts]:
        """What is known of each person."""

    def keep_work(self, project: str, person: str, facts: WorkFacts) -> None:
        """Replace what is known of a person."""

    def talks(self, project: str, queue: str) -> Sequence[int]:
        """The lengths (ms) of a queue's last talks, the oldest first."""

    def keep_talk(self, project: str, queue: str, talk_ms: int) -> None:
        """A talk of a queue has ended."""

    def lost(self, project: str, queue: str, number: str) -> LostCall | None:
        """The lost call of a number."""

    def keep_lost(self, project: str, queue: str, number: str, call: LostCall | None) -> None:
        """Replace the lost call of a number; None: it was resumed."""
