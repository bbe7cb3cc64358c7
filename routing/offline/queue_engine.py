"""The port through which waiting calls report to the engine's queues."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from routing.offline.running import RunningCall


@runtime_checkable
class QueueEngine(Protocol):
    """A decider that also serves the calls that wait in queues."""

    def hears(self, call: RunningCall) -> bool:
        """A call reports a turn; False when it does not wait in a queue."""

    def looks(self, call: RunningCall) -> None:
        """A phone is free, or time has passed, while this call waits."""

    def due_ms(self, call: RunningCall) -> int | None:
        """When a waiting call should look, in ms since its INVITE."""
