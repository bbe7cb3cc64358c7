"""What happens if a client calls now: a call through the live release on the offline switch, where nobody picks up.

So every phone that would ring is seen, in its order. Web servers and CRMs are not asked: their steps take the fallback.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from routing.offline.answering import InProcess, canned
from routing.offline.events import ended
from routing.offline.ladder import LadderRow, ladder
from routing.offline.phones import ScriptedCaller, ScriptedPhones
from routing.offline.published import PublishedRelease
from routing.offline.remembered import Remembered
from routing.offline.switch import OfflineCall

#: A caller whom nobody knows.
STRANGER = "anonymous"


@dataclass(frozen=True)
class CallNow:
    """How a call goes. ``rings``: each wave, seconds since the beginning and who rings; ``rows``: the whole ladder;
    ``message_s``: when a voicemail begins, None for none."""

    rings: Sequence[tuple[float, tuple[str, ...]]]
    rows: Sequence[LadderRow]
    seconds: float
    cause: str
    message_s: float | None = None


def call_now(root: Path, number: str, caller: str, at: datetime, overrides: Mapping[str, str] = {}) -> CallNow:
    """A call to a number at a moment. ``overrides``: calendar -> open or closed. Raises `NoRelease`."""
    published = PublishedRelease(root)
    engine = InProcess(published.files, canned(""), past=Remembered())
    by_hand = {f"hours_{calendar}": state for calendar, state in overrides.items()}
    call = OfflineCall(number, caller or STRANGER, at)
    events = published.run(call, ScriptedPhones(), ScriptedCaller(), engine, by_hand)
    waves: dict[int, list[str]] = {}
    for event in events:
        if event.kind == "ring":
            waves.setdefault(event.at_ms, []).append(event.subject)
    rings = [(at_ms / 1000, tuple(dict.fromkeys(names))) for at_ms, names in waves.items()]
    message = next((event for event in events if event.kind == "voicemail"), None)
    message_s = (message.at_ms - message.lasted_ms) / 1000 if message else None
    return CallNow(rings, ladder(events), ended(events).at_ms / 1000, ended(events).subject, message_s)
