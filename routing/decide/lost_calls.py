"""Calls that were lost while they waited: who calls again in time has their place again. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from routing.model.queue import QueueSettings


@dataclass
class LostCalls:
    """Times are ms since the epoch."""

    #: (queue, caller's number) -> when the lost call had come, when it was lost, and until when it may be resumed.
    _calls: dict[tuple[tuple[str, str], str], tuple[int, int, int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, queue: QueueSettings, number: str, arrived_ms: int, now_ms: int) -> None:
        """A call was lost. Those that nobody may resume any more are forgotten."""
        self._calls = {key: lost for key, lost in self._calls.items() if lost[2] >= now_ms}
        self._calls[queue.key, number] = arrived_ms, now_ms, now_ms + queue.resume_ms

    def arrived_ms(self, queue: QueueSettings, number: str, came_ms: int) -> int:
        """When the place of a call began that came at ``came_ms``: when the lost one had come, or then."""
        arrived_ms, lost_ms, until_ms = self._calls.get((queue.key, number), (0, 0, 0))
        if not lost_ms <= came_ms <= until_ms:
            return came_ms
        del self._calls[queue.key, number]
        return arrived_ms
