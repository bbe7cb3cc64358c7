"""What people set of their work in queues, in a trace or a test: `routing.model.queue.Duties` in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from routing.model.queue import EVERY_QUEUE, DutyRecord
from routing.offline.remembered import PersonState

#: States of a person that are about queues, as records.
DUTY_STATES: Mapping[str, DutyRecord] = {
    "signed_in": DutyRecord({EVERY_QUEUE: True}),
    "signed_out": DutyRecord({EVERY_QUEUE: False}),
    "paused": DutyRecord(is_on_break=True),
}


@dataclass
class OfflineDuties:
    """One project's; nothing is ever forgotten."""

    records: dict[str, DutyRecord] = field(default_factory=dict)

    @classmethod
    def of(cls, states: Mapping[str, PersonState]) -> OfflineDuties:
        """From the states that a test gives."""
        return cls({person: DUTY_STATES[state] for person, state in states.items() if state in DUTY_STATES})

    def sign(self, project: str, person: str, is_in: bool, queue: str = EVERY_QUEUE) -> None:
        """See Duties."""
        before = {} if queue == EVERY_QUEUE else self._of(person).signed_in
        self.records[person] = replace(self._of(person), signed_in={**before, queue: is_in})

    def pause(self, project: str, person: str, now_s: float) -> None:
        """See Duties."""
        self.records[person] = replace(self._of(person), is_on_break=True)

    def ready(self, project: str, person: str, now_s: float) -> None:
        """See Duties."""
        self.records[person] = replace(self._of(person), is_on_break=False, ready_ms=round(now_s * 1000))

    def _of(self, person: str) -> DutyRecord:
        return self.records.get(person, DutyRecord())
