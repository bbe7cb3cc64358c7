"""Calls that were lost while they waited: who calls again in time has their place again. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from routing.model.queue import QueueSettings


@dataclass
class LostCalls:
    """Times are ms since the epoch."""

    #: (queue, caller's number) -> when the lost call had come, and until when it may be resumed.
    _calls: dict[tuple[tuple[str, str], str], tuple[int, int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, queue: QueueSettings, number: str, arrived_ms: int, now_ms: int) -> None:
        """A call was lost. Those that nobody may resume any more are forgotten."""
        self._calls = {key: lost for key, lost in self._calls.items() if lost[1] >= now_ms}
        self._calls[queue.key, number] = arrived_ms, now_ms + queue.resume_ms

    def arrived_ms(self, queue: QueueSettings, number: str, now_ms: int) -> int:
        """When a new call's place began: when the lost one had come, or now."""
        arrived_ms, until_ms = self._calls.pop((queue.key, number), (now_ms, now_ms))
        return arrived_ms if now_ms <= until_ms else now_ms
