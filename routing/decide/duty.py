"""Whether a person works in queues: what people set, and what follows from offers and talks. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from routing.model.queue import DutyRecord, QueueSettings, failed_offer


@dataclass
class Duty:
    """The duty of one person. Times are ms since the epoch.

    ``record``: what they have set. ``paused_ms``, ``wrap_up_ms``, ``delayed_ms``: no offer before; ``missed``: offers
    in a row without an answer; ``ready_since_ms``: when they last said that they are ready.
    """

    record: DutyRecord = field(default_factory=DutyRecord)
    paused_ms: int = 0
    wrap_up_ms: int = 0
    delayed_ms: int = 0
    missed: int = 0
    ready_since_ms: int = 0

    def obey(self, record: DutyRecord) -> None:
        """What the person has set holds."""
        self.record = record
        if record.ready_ms > self.ready_since_ms:
            self.ready_since_ms = record.ready_ms
            self.missed = self.paused_ms = self.wrap_up_ms = self.delayed_ms = 0

    def works(self, queue: QueueSettings) -> bool:
        """Whether the person works in a queue, apart from pauses that end by themselves."""
        return not self.record.why_absent(queue.name, queue.sign_in)

    def ready_ms(self) -> int:
        """From when the person may be offered a caller."""
        return max(self.paused_ms, self.wrap_up_ms, self.delayed_ms)

    def talk_ended(self, queue: QueueSettings, now_ms: int) -> None:
        """The wrap-up begins, in every queue of the person."""
        self.wrap_up_ms = now_ms + queue.wrap_up_ms

    def refused(self, queue: QueueSettings, cause: str, now_ms: int) -> bool:
        """An offer ended without a talk; whether it was one too many, so that the person is paused now."""
        meaning = failed_offer(cause)
        self.delayed_ms = max(self.delayed_ms, now_ms + meaning.delay_ms)
        self.missed += meaning.is_missed
        if not queue.misses or self.missed < queue.misses:
            return False
        self.missed, self.paused_ms = 0, now_ms + queue.pause_ms
        return True

    def why_not(self, queue: QueueSettings, now_ms: int) -> str:
        """Why the person is not offered a caller, in a word or two; "" when they may be."""
        return self.record.why_absent(queue.name, queue.sign_in) or self.pauses(now_ms)

    def pauses(self, now_ms: int) -> str:
        """Which pause that ends by itself lasts, in a word; "" for none."""
        return next((why for until_ms, why in self._reasons() if until_ms > now_ms), "")

    def _reasons(self) -> Iterator[tuple[int, str]]:
        yield self.paused_ms, "paused"
        yield self.wrap_up_ms, "wrap-up"
        yield self.delayed_ms, "delayed"
