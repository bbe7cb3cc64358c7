"""The waveform of a sound file: its loudest samples in a few hundred slices, for each side of the talk.

Reading an hour of sound takes a moment of one core: one file is read at a time, and the newest results are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import BinaryIO

import numpy
import soundfile

SLICES = 400
#: Longer sounds get no waveform: four hours of both sides.
MOST_FRAMES = 4 * 3600 * 16_000
_KEPT = 256
_BLOCK = 1 << 18


@dataclass(frozen=True)
class SoundPeaks:
    """``sides``: one or two lists of peaks, 0..100, of equal length."""

    duration_s: float
    sides: Sequence[Sequence[int]]


@dataclass
class PeakCache:
    """The waveforms that were read last."""

    _known: OrderedDict[Hashable, SoundPeaks | None] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, file: BinaryIO) -> SoundPeaks | None:
        """The waveform of a file; None when it has none. ``key``: the file and its state."""
        with self._lock:
            if key not in self._known:
                self._known[key] = peaks(file)
                if len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            self._known.move_to_end(key)
            return self._known[key]


def peaks(file: BinaryIO) -> SoundPeaks | None:
    """The waveform of a sound file; None for what is no sound, is empty or too long."""
    try:
        with soundfile.SoundFile(file) as sound:
            if not 0 < sound.frames <= MOST_FRAMES or sound.channels > 2 or sound.samplerate <= 0:
                return None
            return _read(sound)
    except (soundfile.SoundFileError, RuntimeError, OSError, ValueError):
        return None


def _read(sound: soundfile.SoundFile) -> SoundPeaks | None:
    count = min(SLICES, sound.frames)
    loudest = numpy.zeros((count, sound.channels), dtype=numpy.int32)
    at = 0
    for block in sound.blocks(blocksize=_BLOCK, dtype="int16", always_2d=True):
        slices = (numpy.arange(at, at + len(block), dtype=numpy.int64) * count) // sound.frames
        begins = numpy.flatnonzero(numpy.diff(slices, prepend=-1))
        found = numpy.maximum.reduceat(numpy.abs(block.astype(numpy.int32)), begins, axis=0)
        which = slices[begins]
        loudest[which] = numpy.maximum(loudest[which], found)
        at += len(block)
    top = max(int(loudest.max()), 1)
    sides = (loudest * 100 // top).T.tolist()
    return SoundPeaks(sound.frames / sound.samplerate, sides) if at else None
