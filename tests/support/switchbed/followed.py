"""What the journal hears of calls while they run: those of which it would await a CDR."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from routing.esl.follow import follow
from routing.esl.protocol import EventSocket
from routing.journal.live import AWAITED_SECONDS, LiveCalls

from .switch import PASSWORD, Switch
from .waiting import until


class FollowedCalls:
    """A follower of a switch. ``clock_s``: the time, as the journal sees it."""

    def __init__(self) -> None:
        self.clock_s = 1000.0
        self.is_connected = False
        self._live = LiveCalls(lambda: self.clock_s)

    def there(self, legs: Sequence[Mapping[str, Any]]) -> None:
        """See Follower."""
        self._live.there(legs)
        self.is_connected = True

    def heard(self, event: Mapping[str, str]) -> None:
        """See Follower."""
        self._live.heard(event)

    def lost(self) -> None:
        """See Follower."""
        self._live.lost()

    def ended(self) -> list[str]:
        """The uuids of calls that have ended: each must have a CDR of its own, or it counts as lost."""
        self.clock_s += AWAITED_SECONDS + 1
        return self._live.awaited()


@contextmanager
def followed(switch: Switch) -> Iterator[FollowedCalls]:
    """Follow a switch's calls meanwhile."""
    calls, over = FollowedCalls(), threading.Event()
    where = EventSocket("127.0.0.1", switch.settings.esl_port, PASSWORD)
    thread = threading.Thread(target=follow, args=(where, calls, over.is_set), daemon=True)
    thread.start()
    try:
        assert until(lambda: calls.is_connected)
        yield calls
    finally:
        over.set()
        thread.join()
