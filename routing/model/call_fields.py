"""What of a call may be sent to others."""

from __future__ import annotations

#: The fields of a call that webhooks can send, by their names in `send`.
CALL_FIELDS = (
    "call_id", "number", "caller", "caller_pays", "scheme", "step", "started", "entities", "source", "tags",
    "caller_told", "asked",
)  # fmt: skip
