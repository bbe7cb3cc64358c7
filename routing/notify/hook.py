"""Tells a web address of a voicemail or a missed call: one signed POST of JSON, as a webhook step asks.

2xx is told; 408, 425, 429, 5xx and no answer are later; any other answer is never. Knows nothing of when a notice is
due, and no socket.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from routing.model.notice import Later, Notice, Refused
from routing.model.web import NoReply, Reply

DEADLINE_SECONDS = 10.0
#: Answers that are worth another try, beside every 5xx.
_LATER = frozenset({408, 425, 429})

#: Method, URL, headers, body and deadline in seconds -> the answer. Raises NoReply.
Post = Callable[[str, str, Mapping[str, str], bytes, float], Reply]
#: The id of the message, the time in seconds since the epoch, the body -> the headers with the signature.
Headers = Callable[[str, int, bytes], Mapping[str, str]]


@dataclass(frozen=True)
class WebHooks:
    """Tells addresses. The same notice told twice has the same ``Webhook-Id``, the call's."""

    post: Post
    headers: Headers
    now: Callable[[], float]

    def tell(self, notice: Notice, url: str) -> None:
        """Tell one address. Raises Later and Refused."""
        said = body(notice)
        try:
            reply = self.post("POST", url, self.headers(notice.call, int(self.now()), said), said, DEADLINE_SECONDS)
        except NoReply as problem:
            raise Later(str(problem), is_away=True) from None
        if reply.status in _LATER or reply.status >= 500:
            raise Later(f"HTTP {reply.status}", is_away=True)
        if not 200 <= reply.status < 300:
            raise Refused(f"HTTP {reply.status}")


def body(notice: Notice) -> bytes:
    """What an address is told. ``recording`` is the file of a voicemail on its node, times are ISO 8601 in UTC."""
    facts = {
        "kind": "voicemail" if notice.recording else "missed_call",
        "call_id": notice.call,
        "project": notice.project,
        "number": notice.number,
        "scheme": notice.scheme,
        "caller": notice.caller,
        "started": _moment(notice.started),
        "ended": _moment(notice.ended),
        "status": notice.status,
        "tags": list(notice.tags),
        "wait_s": round(notice.wait_s, 1),
        **({"box": notice.box, "recording": notice.recording} if notice.recording else {}),
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def _moment(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="seconds")
