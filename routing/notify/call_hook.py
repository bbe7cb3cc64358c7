"""A finished call as the body of a webhook. ``recording`` and ``voicemail`` are files of the node; times are ISO 8601
in UTC; what a call does not have is left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from routing.model.exported_call import ExportedCall


def body(call: ExportedCall) -> bytes:
    """The body; the same call gives the same bytes as long as the journal does not learn more of it."""
    facts: dict[str, object] = {
        "kind": "call",
        "call_id": call.call,
        "project": call.project,
        "direction": call.direction,
        "status": call.status,
        "kind_of_answered": call.kind,
        "missed": call.is_missed,
        "first_call": call.is_first if call.client else None,
        "number": call.number,
        "caller": call.caller,
        "client": call.client,
        "client_name": call.client_name,
        "dialled": call.dialled,
        "scheme": call.scheme,
        "schemes": list(call.schemes),
        "person": call.person,
        "target": call.target,
        "started": _moment(call.started),
        "talked": _moment(call.bridged),
        "ended": _moment(call.ended),
        "wait_s": round(call.wait_s, 1),
        "talk_s": round(call.talk_s, 1),
        "tags": list(call.tags),
        "node": call.node,
        "recording": call.recording,
        "voicemail": call.voicemail,
        "rating": call.rating or None,
        "rated_person": call.rated_person,
        "source": dict(call.source),
        "entities": dict(call.entities),
    }
    kept = {name: value for name, value in facts.items() if value not in (None, "", [], {})}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def message_id(export: str, call: ExportedCall) -> str:
    """The id of the message, the same however often it is sent; other exports and notices of the call have others."""
    return f"{export}-{call.call}"


def _moment(at_s: float) -> str | None:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="seconds") if at_s else None
