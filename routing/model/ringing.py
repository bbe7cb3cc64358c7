"""How long each phone of a person rings, for the person to ring as long as asked and no longer. Arithmetic alone.

FreeSWITCH counts a phone's time from that phone's own beginning, and a dialplan cannot subtract: whoever asks for a
person to be rung says one number for each wave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from routing.model.durations import LONGEST_SECONDS

#: Where a person's phones ring in more waves than this, a dialplan could not take their times: nine captures.
MOST_WAVES = 9


class Wave(NamedTuple):
    """Phones that begin together, ``after_s`` later than the person's first, and ring ``longest_s`` at most."""

    after_s: int = 0
    longest_s: int = LONGEST_SECONDS


#: A person -> in what waves the phones ring, the first at once.
Waves = Callable[[str], tuple[Wave, ...]]


def seconds_left(wave: Wave, whole_s: int) -> int:
    """How long a wave rings of the ``whole_s`` that the person does; 0 when it is not reached."""
    return max(min(wave.longest_s, whole_s - wave.after_s), 0)


def ring_times(waves: Iterable[Wave], whole_s: int) -> tuple[int, ...]:
    """The times of the waves that are reached within ``whole_s``."""
    return tuple(left for wave in sorted(waves) if (left := seconds_left(wave, whole_s)))
