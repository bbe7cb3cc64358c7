"""Calls lost while they waited: who calls again in time has their place again. Pure, over the port of facts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from routing.model.memory import Forgotten
from routing.model.queue import QueueSettings
from routing.model.queue_facts import LostCall, QueueFacts


@dataclass
class LostCalls:
    """Times are ms since the epoch. ``facts``: None where nothing outlives this process."""

    facts: QueueFacts | None = None
    #: (queue, caller's number) -> its lost call.
    _calls: dict[tuple[tuple[str, str], str], LostCall] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, queue: QueueSettings, number: str, arrived_ms: int, now_ms: int) -> None:
        """A call was lost. Those that nobody may resume any more are forgotten."""
        self._calls = {key: lost for key, lost in self._calls.items() if lost.until_ms >= now_ms}
        self._calls[queue.key, number] = lost = LostCall(arrived_ms, now_ms, now_ms + queue.resume_ms)
        self._keep(queue, number, lost)

    def arrived_ms(self, queue: QueueSettings, number: str, came_ms: int) -> int:
        """When the place of a call began that came at ``came_ms``: when the lost one had come, or then."""
        lost = self._calls.get((queue.key, number)) or self._kept(queue, number)
        if lost is None or not lost.lost_ms <= came_ms <= lost.until_ms:
            return came_ms
        self._calls.pop((queue.key, number), None)
        self._keep(queue, number, None)
        return lost.arrived_ms

    def _keep(self, queue: QueueSettings, number: str, lost: LostCall | None) -> None:
        if self.facts and queue.resume_ms:
            with suppress(Forgotten):
                self.facts.keep_lost(*queue.key, number, lost)

    def _kept(self, queue: QueueSettings, number: str) -> LostCall | None:
        if self.facts and queue.resume_ms and number.startswith("+"):
            with suppress(Forgotten):
                return self.facts.lost(*queue.key, number)
        return None
