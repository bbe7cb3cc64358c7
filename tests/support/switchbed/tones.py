"""Keys as sound: DTMF pairs in A-law, for callers whose telephones send no events."""

from __future__ import annotations

import math

_ROWS, _COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
_KEYS = "123A456B789C*0#D"
RATE = 8000


def tone(key: str, milliseconds: int = 120) -> bytes:
    """A key in A-law, and as much silence behind it."""
    place = _KEYS.index(key)
    pair = _ROWS[place // 4], _COLUMNS[place % 4]
    samples = range(RATE * milliseconds // 1000)
    sound = (sum(7000 * math.sin(2 * math.pi * hertz * at / RATE) for hertz in pair) for at in samples)
    return bytes(_alaw(round(sample)) for sample in sound) + b"\xd5" * len(samples)


def _alaw(sample: int) -> int:
    """One sample of 16 bits by G.711."""
    mask, magnitude = (0xD5, sample >> 3) if sample >= 0 else (0x55, -sample - 1 >> 3)
    segment = max(magnitude.bit_length() - 5, 0)
    mantissa = magnitude >> max(segment, 1) & 0x0F
    return (segment << 4 | mantissa) ^ mask


def sine(hertz: int, seconds: float) -> bytes:
    """A tone in A-law."""
    return bytes(_alaw(round(9000 * math.sin(2 * math.pi * hertz * at / RATE))) for at in range(round(seconds * RATE)))
