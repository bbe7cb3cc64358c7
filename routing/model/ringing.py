"""The ring times of a person's phones, so that the person rings exactly as long as requested. Pure arithmetic.

FreeSWITCH counts a phone's time from that phone's own start, and a dialplan cannot subtract: so every request to ring a
person carries one number per wave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from routing.model.durations import LONGEST_SECONDS

#: Most waves of a person's phones: a dialplan has nine captures for their times.
MOST_WAVES = 9


class Wave(NamedTuple):
    """Phones that start together, ``after_s`` after the person's first, and ring ``longest_s`` at most."""

    after_s: int = 0
    longest_s: int = LONGEST_SECONDS


#: A person -> the waves of the phones, the first at once.
Waves = Callable[[str], tuple[Wave, ...]]


def seconds_left(wave: Wave, whole_s: int) -> int:
    """How long a wave rings within the person's ``whole_s``; 0 when it starts later."""
    return max(min(wave.longest_s, whole_s - wave.after_s), 0)


def ring_times(waves: Iterable[Wave], whole_s: int) -> tuple[int, ...]:
    """The times of the waves that start within ``whole_s``."""
    return tuple(left for wave in sorted(waves) if (left := seconds_left(wave, whole_s)))
