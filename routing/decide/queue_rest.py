"""How an acknowledged call waits on: how long it may sleep. A turn costs FreeSWITCH as much as half a second of music.

The engine wakes a call at any time, so that a long sleep delays nothing that the engine decides. Pure.
"""

from __future__ import annotations

from routing.decide.announcing import Announced
from routing.model.decision import TURN_SECONDS
from routing.model.queue import LONGEST_REST_MS, Announcements

_TURN_MS = TURN_SECONDS * 1000


def rest_ms(heard: Announced, settings: Announcements, arrived_ms: int, now_ms: int) -> int:
    """How long a caller may sleep after this turn; none of the next turns may come too late for an announcement, which
    is decided on in the turn before."""
    if not heard.expects(settings):
        return LONGEST_REST_MS
    spare_ms = heard.due_ms(settings, arrived_ms) - now_ms - 2 * _TURN_MS
    return min(max(spare_ms, 0), LONGEST_REST_MS)
