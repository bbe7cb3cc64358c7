"""Notifies a web address of a voicemail, a missed call, a low rating, a phone in a new network, a person whom missed
offers have paused, a client's card, an order to call back or a flood of calls: one POST of JSON, signed like that of a
webhook step.

2xx: delivered; 408, 425, 429, 5xx or no answer: try again later; any other status: refused for good. Knows nothing of
when a notice is due, and no sockets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from routing.model.notice import (
    AnyNotice,
    CallbackNotice,
    CardNotice,
    FloodNotice,
    Later,
    MissedOut,
    NewNetwork,
    Notice,
    NoticeRefused,
)
from routing.model.web import NoReply, Reply

DEADLINE_SECONDS = 10.0
#: Statuses after which a retry makes sense, besides every 5xx.
LATER_STATUSES = frozenset({408, 425, 429})

#: Method, URL, headers, body and deadline in seconds -> the answer. Raises NoReply.
Post = Callable[[str, str, Mapping[str, str], bytes, float], Reply]
#: The id of the message, the time in seconds since the epoch, the body -> the headers with the signature.
Headers = Callable[[str, int, bytes], Mapping[str, str]]


@dataclass(frozen=True)
class WebHooks:
    """Posts notices. A notice that is sent twice has the same ``Webhook-Id``: for a call it is the call's id."""

    post: Post
    headers: Headers
    now: Callable[[], float]

    def tell(self, notice: AnyNotice, url: str) -> None:
        """Notify one address. Raises Later and NoticeRefused."""
        self.deliver(notice.id, body(notice), url)

    def deliver(self, message_id: str, content: bytes, url: str) -> None:
        """Post one message. Raises Later and NoticeRefused."""
        try:
            signed = self.headers(message_id, int(self.now()), content)
            reply = self.post("POST", url, signed, content, DEADLINE_SECONDS)
        except NoReply as problem:
            raise Later(str(problem), is_away=True) from None
        must_accept(reply)


def must_accept(reply: Reply) -> None:
    """Raises Later and NoticeRefused for an answer that accepts nothing."""
    if reply.status in LATER_STATUSES or reply.status >= 500:
        raise Later(f"HTTP {reply.status}", is_away=True)
    if not 200 <= reply.status < 300:
        raise NoticeRefused(f"HTTP {reply.status}")


def body(notice: AnyNotice) -> bytes:
    """The body of a notice. ``recording`` is the file of a voicemail on its node, times are ISO 8601 in UTC."""
    match notice:
        case NewNetwork():
            facts = _network(notice)
        case MissedOut():
            facts = _missed_out(notice)
        case FloodNotice():
            facts = _flood(notice)
        case CardNotice():
            facts = _card(notice)
        case CallbackNotice():
            facts = {"kind": "callback", "event": notice.status, "at": _moment(notice.at), **notice.facts}
        case _:
            facts = _call(notice)
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def _network(notice: NewNetwork) -> dict[str, object]:
    return {
        "kind": "new_network",
        "project": notice.project,
        "account": notice.account,
        "phone": notice.phone,
        "network": notice.network,
        "address": notice.address,
        "user_agent": notice.agent,
        "node": notice.node,
        "at": _moment(notice.at),
    }


def _missed_out(notice: MissedOut) -> dict[str, object]:
    return {
        "kind": "missed_out",
        "project": notice.project,
        "queue": notice.queue,
        "person": notice.person,
        "at": _moment(notice.at),
        "until": _moment(notice.until),
    }


def _flood(notice: FloodNotice) -> dict[str, object]:
    return {
        "kind": "flood",
        "project": notice.project,
        "number": notice.number,
        "callers": list(notice.starts),
        "reason": notice.why,
        "at": _moment(notice.at),
        "until": _moment(notice.until),
        "refused": notice.refused,
    }


def _card(notice: CardNotice) -> dict[str, object]:
    return {
        "kind": "card",
        "project": notice.project,
        "call_id": notice.call,
        "person": notice.person,
        "phone": notice.phone,
        "client": notice.client,
        "stated_number": notice.stated,
        "name": notice.name,
        "card": dict(notice.card) or None,
        "number": notice.number,
        "scheme": notice.scheme,
        "entities": dict(notice.entities),
        "source": dict(notice.source),
        "asked": dict(notice.typed),
        "tags": list(notice.tags),
        "at": _moment(notice.at),
    }


def _call(notice: Notice) -> dict[str, object]:
    return {
        "kind": _kind(notice),
        "call_id": notice.call,
        "project": notice.project,
        "number": notice.number,
        "scheme": notice.scheme,
        "caller": notice.caller,
        "started": _moment(notice.started),
        "ended": _moment(notice.ended),
        "status": notice.status,
        "tags": list(notice.tags),
        "node": notice.node,
        "wait_s": round(notice.wait_s, 1),
        **({"box": notice.box, "recording": notice.recording} if notice.recording else {}),
        **({"rating": notice.rating, "person": notice.person} if notice.rating else {}),
    }


def _kind(notice: Notice) -> str:
    if notice.rating:
        return "low_rating"
    return "voicemail" if notice.recording else "missed_call"


def _moment(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="seconds")
