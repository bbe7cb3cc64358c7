"""Sends calls to Google Analytics 4 by its Measurement Protocol: one request an event, never twice.

Google drops nothing that it gets twice and answers 2xx to whatever it can read, valid or not. So what was sent and not
answered stays unsure, and is not sent again. No number of a phone, name or address ever goes out: facts of the site's
visit that look like one are left out. Knows nothing of when an event is due, and no sockets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from routing.model.consent import for_google
from routing.model.export_names import LONGEST_VALUE
from routing.model.export_plan import Ga4Stream
from routing.model.exported_call import ExportedCall
from routing.model.notice import Later
from routing.model.web import NoReply, Reply
from routing.notify.hook import DEADLINE_SECONDS, Post, must_accept

COLLECT, VALIDATE = "/mp/collect", "/debug/mp/collect"
#: A server between here and Google has passed the event on and heard nothing.
GATEWAY_TIMEOUT = 504
#: The least that makes an event count in reports; a talk is no time on the site.
ENGAGEMENT_MS = 1
#: Facts of a visit: the visit's -> the event's parameter. Google's own names would overwrite its attribution.
_VISIT = {
    "utm_source": "visit_source", "utm_medium": "visit_medium", "utm_campaign": "visit_campaign",
    "utm_term": "visit_term", "utm_content": "visit_content", "landing": "visit_landing", "referrer": "visit_referrer",
}  # fmt: skip
#: An e-mail address; a number of a phone, as people write it.
_ADDRESS = re.compile(r"\S@\S")
_PHONE = re.compile(r"(?<!\w)(\+|00?[1-9]|tel:|\()[\d ().-]{7,}(?!\w)")
#: The end of a number, which is the same in every way of writing it.
_OWN_DIGITS = 7


class Unsure(Exception):
    """The event was sent and Google has not answered: it may count."""


@dataclass(frozen=True)
class Ga4:
    """Sends events."""

    post: Post

    def send(self, stream: Ga4Stream, secret: str, call: ExportedCall) -> None:
        """Send a call's event, once. Raises Later when Google certainly does not have it, NoticeRefused, Unsure."""
        try:
            reply = self._post(stream, secret, COLLECT, body(stream, call))
        except NoReply as problem:
            if problem.is_sent:
                raise Unsure(str(problem)) from None
            raise Later(str(problem), is_away=True) from None
        if reply.status == GATEWAY_TIMEOUT:
            raise Unsure(f"HTTP {reply.status}")
        must_accept(reply)

    def complaints(self, stream: Ga4Stream, secret: str, call: ExportedCall) -> list[str]:
        """What Google's validation server says of a call's event, which counts nowhere. Raises NoReply, Later."""
        content = json.loads(body(stream, call)) | {"validation_behavior": "ENFORCE_RECOMMENDATIONS"}
        reply = self._post(stream, secret, VALIDATE, _json(content))
        if reply.status != 200:
            raise Later(f"HTTP {reply.status}")
        try:
            found = json.loads(reply.body)["validationMessages"]
            return [f"{each.get('fieldPath') or 'request'}: {each['description']}" for each in found]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Later("the answer is none of the validation server") from None

    def _post(self, stream: Ga4Stream, secret: str, path: str, content: bytes) -> Reply:
        query = urlencode({"measurement_id": stream.measurement_id, "api_secret": secret})
        headers = {"Content-Type": "application/json", "User-Agent": "routing-export/1"}
        return self.post("POST", f"{stream.endpoint}{path}?{query}", headers, content, DEADLINE_SECONDS)


def unfit(stream: Ga4Stream, call: ExportedCall) -> str:
    """Why a call cannot be an event; "" for one that can. Ids that a server states for a visitor may be anything."""
    if not stream.event_of(call.status, call.is_missed, call.kind):
        return "`events` names no event for it"
    ids = (call.source.get(name, "") for name in ("ga_client_id", "ga_session_id"))
    return (
        "the visitor's id holds an address or a number of a phone" if any(is_personal(id_, call) for id_ in ids) else ""
    )


def body(stream: Ga4Stream, call: ExportedCall) -> bytes:
    """The request's body. The time is the call's beginning, not before its session's."""
    micros = int(max(call.started, call.session_s) * 1e6)
    consent = for_google(call.source)
    name = stream.event_of(call.status, call.is_missed, call.kind)
    return _json(
        {
            "client_id": call.source.get("ga_client_id", ""),
            "timestamp_micros": micros,
            **({"consent": consent} if consent else {}),
            # the time stands in both places: Google has been seen to ignore the first one
            "events": [{"name": name, "timestamp_micros": micros, "params": dict(_parameters(call))}],
        }
    )


def _parameters(call: ExportedCall) -> Iterator[tuple[str, Any]]:
    if session := call.source.get("ga_session_id", ""):
        yield "session_id", session
    yield "engagement_time_msec", ENGAGEMENT_MS
    yield "call_status", call.kind or call.status
    yield "call_direction", call.direction
    yield "call_scheme", call.scheme
    yield "caller", "first" if call.is_first else "repeat"
    yield "wait_seconds", round(call.wait_s)
    yield "talk_seconds", round(call.talk_s)
    if call.rating:
        yield "call_rating", call.rating
    for fact, parameter in _VISIT.items():
        if (value := call.source.get(fact, "")) and not is_personal(value, call):
            yield parameter, value[:LONGEST_VALUE]


def is_personal(value: str, call: ExportedCall) -> bool:
    """Whether a fact of a visit looks like an address or a number of a phone, or holds one of this call's."""
    digits = re.sub(r"\D", "", value)
    own = {re.sub(r"\D", "", number)[-_OWN_DIGITS:] for number in (call.client, call.caller, call.dialled, call.number)}
    is_own = any(len(each) == _OWN_DIGITS and each in digits for each in own)
    return is_own or bool(_ADDRESS.search(value) or _PHONE.search(value))


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
