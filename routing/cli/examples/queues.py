"""Sample calls that wait in queues: the engine's own code serves them in this process, on the calls' virtual clock.

The engine's process learns of waiting calls by events of a FreeSWITCH, and there is none here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routing.offline.decider import Decider, Reply
from routing.offline.queue_engine import QueueEngine
from routing.offline.running import RunningCall


@dataclass(frozen=True)
class WithQueues:
    """A decider whose sockets go to ``engine``, and whose queues are those of ``queues``."""

    engine: Decider
    queues: QueueEngine

    def __call__(self, address: str, variables: Mapping[str, str], timeout_ms: int) -> Reply:
        """See Decider."""
        return self.engine(address, variables, timeout_ms)

    def hears(self, call: RunningCall) -> bool:
        """See QueueEngine."""
        return self.queues.hears(call)

    def looks(self, call: RunningCall) -> None:
        """See QueueEngine."""
        self.queues.looks(call)

    def due_ms(self, call: RunningCall) -> int | None:
        """See QueueEngine."""
        return self.queues.due_ms(call)
