"""A finished call as other systems get it, and when it is too old for them. Facts only; times are seconds since the
epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Google attributes an event to a session for a day from the session's beginning, and takes none of an earlier time
#: than three days ago.
SESSION_SECONDS, BACKDATED_SECONDS = 86400.0, 72 * 3600.0
#: Session ids are the second in which the session began; an id of another form says nothing of time.
_FIRST_SESSION_S = 1_500_000_000.0


@dataclass(frozen=True, slots=True)
class ExportedCall:
    """A call (its uuid). ``kind``: of an answered one, `repeat call`, `proper` or ""; ``is_first``: the journal knows
    no earlier call with this client; ``recording``, ``voicemail``: files of the node."""

    call: str
    project: str
    direction: str
    status: str
    kind: str
    is_missed: bool
    is_first: bool
    number: str
    caller: str
    client: str
    dialled: str
    scheme: str
    schemes: tuple[str, ...]
    person: str
    target: str
    started: float
    bridged: float
    ended: float
    wait_s: float
    talk_s: float
    #: What a webhook or CRM called the client.
    client_name: str = ""
    tags: tuple[str, ...] = ()
    node: str = ""
    recording: str = ""
    voicemail: str = ""
    #: The caller's score, 1 to 5; 0: none. Whom it is about.
    rating: int = 0
    rated_person: str = ""
    source: Mapping[str, str] = field(default_factory=dict)
    entities: Mapping[str, str] = field(default_factory=dict)

    @property
    def session_s(self) -> float:
        """When the visitor's session at Google Analytics began; 0 when it is not known."""
        text = self.source.get("ga_session_id", "")
        began = float(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0.0
        return began if _FIRST_SESSION_S < began <= self.ended else 0.0

    @property
    def google_until_s(self) -> float:
        """Until when Google Analytics counts it where it belongs."""
        backdated_s = self.started + BACKDATED_SECONDS
        return min(self.session_s + SESSION_SECONDS, backdated_s) if self.session_s else backdated_s
