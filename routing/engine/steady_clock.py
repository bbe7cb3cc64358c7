"""The time of day for what is counted in seconds: it goes on evenly while somebody sets the system's clock."""

from __future__ import annotations

import time
from collections.abc import Callable

#: It runs so much faster or slower until it is right again, as `adjtime` does.
SLEW = 0.1
#: A clock that was further off was never right: its correction is taken over at once.
FURTHEST_S = 3600.0


class SteadyClock:
    """Called, it says seconds since the epoch. ``wall``: the system's time; ``monotonic``: a clock that never jumps."""

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._read_s, self._time_s = monotonic(), wall()

    def __call__(self) -> float:
        """Seconds since the epoch."""
        read_s, wall_s = self._monotonic(), self._wall()
        passed_s = read_s - self._read_s
        off_s = wall_s - (self._time_s + passed_s)
        most_s = passed_s * SLEW
        given_s = off_s if abs(off_s) > FURTHEST_S else max(-most_s, min(most_s, off_s))
        self._read_s, self._time_s = read_s, self._time_s + passed_s + given_s
        return self._time_s
