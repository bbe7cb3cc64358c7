"""Whether a person is free to be called: their phones, what they have set, what follows from offers and talks. Pure."""

from __future__ import annotations

from routing.decide.duty import Duty
from routing.model.memory import State
from routing.model.queue import DutyRecord

_PHONES = {"free": "", "busy": "talks", "absent": "no phone is registered"}


def why_not_free(phones: State, record: DutyRecord, duty: Duty | None, now_ms: int) -> str:
    """Why a person is not free, in a word or two; "" when they are. ``duty``: None for who works in no queue."""
    if record.is_on_break or record.is_away:
        return "paused" if record.is_on_break else "on do-not-disturb"
    if record.signed_in and not any(record.signed_in.values()):
        return "signed out"
    if phones != "free":
        return _PHONES[phones]
    has_returned = duty is None or record.ready_ms > duty.ready_since_ms
    return "" if has_returned or duty is None else duty.pauses(now_ms)
