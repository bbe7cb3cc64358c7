"""What the senders of outboxes share: how often they look, how long a claim lasts, when something is sent again; the
loop that goes on whatever fails.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

IDLE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
#: Destinations that are sent to in parallel.
LANES = 4
#: How long a claim lasts: longer than a server may take for one message.
CLAIM_SECONDS = 900.0
#: What was not accepted is sent again when it is twice as old, within these limits.
SOONEST_SECONDS, LATEST_SECONDS = 60.0, 3600.0
#: What is older is given up.
STALE_SECONDS = 7 * 86400.0


def pause_at(age_s: float) -> float:
    """Seconds until something of this age is sent again."""
    return min(max(age_s, SOONEST_SECONDS), LATEST_SECONDS)


def keep_sending(work: Callable[[], object], stop: Event, failed: Callable[[Exception, float], None]) -> None:
    """Do the work every second until `stop` is set; after failures of the database the pause grows to half a minute.
    ``failed``: called with what went wrong and the pause (s)."""
    pause_s = IDLE_SECONDS
    while not stop.is_set():
        try:
            work()
        except Exception as problem:
            failed(problem, pause_s)
            stop.wait(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_SECONDS)
        else:
            pause_s = IDLE_SECONDS
            stop.wait(IDLE_SECONDS)


def in_lanes(name: str, lane: Callable[[], None]) -> None:
    """Run the same loop in several threads, of which this is one; returns when it ends here."""
    others = [Thread(target=lane, name=f"{name} {n}", daemon=True) for n in range(1, LANES)]
    for each in others:
        each.start()
    lane()
    for each in others:
        each.join(IDLE_SECONDS)
