"""Who does not wait in a queue: nobody works there, it is full, the wait would be too long. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from routing.decide.distribution import Distribution, PhoneState
from routing.decide.expected_wait import minutes
from routing.decide.queued import QueuedCaller
from routing.model.queue import QueueSettings

#: Nobody works in a queue for so long: its callers leave. Phones may be gone for a moment.
UNSTAFFED_MS = 30_000
DESERTED = "nobody works in the queue"


@dataclass
class Admission:
    """``expected_ms``: a caller's expected wait at a moment, None when too little is known."""

    distribution: Distribution
    state: PhoneState
    expected_ms: Callable[[QueuedCaller, int], float | None]
    #: Queue -> since when nobody works in it.
    _unstaffed: dict[tuple[str, str], int] = field(default_factory=dict)

    def refusal(self, caller: QueuedCaller, is_new: bool, has_entered: bool, now_ms: int) -> str:
        """Why a caller does not wait on; "" when they do. ``is_new``: they have waited for nobody yet."""
        queue = caller.queue
        if self.is_deserted(queue, now_ms) or not (has_entered or self.distribution.works(queue, self.state)):
            return DESERTED
        return next(self._too_many(caller, queue, now_ms), "") if is_new else ""

    def is_deserted(self, queue: QueueSettings, now_ms: int) -> bool:
        """Whether nobody has worked in a queue for so long that its callers leave. Asked when anything changes."""
        if self.distribution.works(queue, self.state):
            self._unstaffed.pop(queue.key, None)
            return False
        return now_ms - self._unstaffed.setdefault(queue.key, now_ms) >= UNSTAFFED_MS

    def next_ms(self, now_ms: int) -> int | None:
        """The next moment at which a queue may be deserted."""
        moments = (since_ms + UNSTAFFED_MS for since_ms in self._unstaffed.values())
        return min((moment for moment in moments if moment > now_ms), default=None)

    def _too_many(self, caller: QueuedCaller, queue: QueueSettings, now_ms: int) -> Iterator[str]:
        others = len(self.distribution.waiting(queue)) - 1
        if queue.size is not None and others >= queue.size:
            yield f"the queue is full: {others} wait"
        if queue.expect_ms is None:
            return
        expected_ms = self.expected_ms(caller, now_ms)
        if expected_ms is not None and expected_ms > queue.expect_ms:
            yield f"the expected wait is {minutes(expected_ms)} min"
