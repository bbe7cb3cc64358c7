"""The sounds of every release: the tone before a message, the confirm prompt, the tones for success and errors.

They are generated, so that a first run needs no sound files: 8 kHz, 16 bit, mono; always the same bytes.
"""

from __future__ import annotations

import array
import functools
import io
import math
import wave
from collections.abc import Mapping
from types import MappingProxyType

RATE = 8000
#: Sequences of (hertz, seconds); 0 Hz is silence.
_TONES: dict[str, list[tuple[int, float]]] = {
    "routing/beep.wav": [(880, 0.4), (0, 0.1)],
    "routing/done.wav": [(0, 0.3), (660, 0.15), (0, 0.05), (880, 0.3), (0, 0.2)],
    "routing/confirm.wav": [(660, 0.2), (0, 0.2)] * 3 + [(0, 0.8)],
    "routing/callback.wav": [(523, 0.15), (659, 0.15), (784, 0.3), (0, 0.4)],
    "routing/masked.wav": [(660, 0.15), (0, 0.05), (440, 0.2)],
    "routing/unmasked.wav": [(440, 0.15), (0, 0.05), (660, 0.2)],
    "routing/ten.wav": [(0, 0.2), (440, 0.6)],
    "routing/one.wav": [(0, 0.2), (660, 0.15)],
    "routing/invalid.wav": [(330, 0.3), (0, 0.1), (220, 0.4), (0, 0.2)],
}


@functools.cache
def tones() -> Mapping[str, bytes]:
    """WAV files by their path below ``sounds/``."""
    return MappingProxyType({name: _wav(parts) for name, parts in _TONES.items()})


def _wav(parts: list[tuple[int, float]]) -> bytes:
    samples = array.array("h")
    for hertz, seconds in parts:
        samples.extend(
            round(9000 * math.sin(2 * math.pi * hertz * at / RATE)) if hertz else 0 for at in range(int(RATE * seconds))
        )
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()
