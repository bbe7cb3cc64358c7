"""An order as others get it: `routing callbacks --json`, webhooks. Times are ISO 8601 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from routing.model.callback import CallbackAttempt, CallbackOrder, CallbackStatus


def order_facts(order: CallbackOrder) -> dict[str, Any]:
    """An order as plain data, without what it does not have."""
    facts: dict[str, Any] = {
        "id": order.id,
        "status": order.status.value,
        "project": order.project,
        "number": order.number,
        "scheme": order.scheme,
        "dialled": order.dialled,
        "source": order.source.value,
        "person": order.person,
        "awaits": order.awaits,
        "first": order.first.value,
        "created": moment(order.created_s),
        "next": moment(order.not_before_s) if order.status is CallbackStatus.ORDERED else None,
        "expires": moment(order.expires_s),
        "closed": moment(order.closed_s),
        "tries_left": order.tries_left,
        "attempts": [_attempt(attempt) for attempt in order.attempts],
        "entities": dict(order.entities),
        "source_facts": dict(order.source_facts),
        "call_id": order.call_id,
        "held": order.held if order.status is CallbackStatus.ORDERED else "",
        "place": moment(order.place_s or 0.0),
    }
    if order.consent:
        consent = order.consent
        facts["consent"] = {"text": consent.text, "page": consent.page, "at": moment(consent.at_s)}
    return {name: value for name, value in facts.items() if value not in (None, "", {})}


def _attempt(attempt: CallbackAttempt) -> dict[str, Any]:
    facts = {
        "number": attempt.number,
        "call_id": attempt.uuid,
        "began": moment(attempt.began_s),
        "ended": moment(attempt.ended_s),
        "cause": attempt.cause,
        "talked_s": round(attempt.talked_s, 1),
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}


def moment(at_s: float) -> str | None:
    """A time as ISO 8601; None for 0."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="seconds") if at_s else None
