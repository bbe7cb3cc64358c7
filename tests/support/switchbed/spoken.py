"""What a caller says, as a telephone sends it: a voice of espeak-ng in A-law, with noise where a street is loud."""

from __future__ import annotations

import io
import subprocess
from functools import cache

import numpy
import soundfile
import soxr

from .tones import RATE, _alaw

_SILENCE = b"\xd5"


@cache
def said(text: str, voice: str = "en-us", noise: float = 0.0, loudness: float = 0.5) -> bytes:
    """The A-law samples of a text. ``noise``: its mean size, of 1."""
    command = ["espeak-ng", "-v", voice, "-s", "140", "--stdout", text]
    written = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=30).stdout
    samples, rate = soundfile.read(io.BytesIO(written), dtype="float32")
    samples = soxr.resample(samples, rate, RATE)
    return alaw(samples * (loudness / max(abs(samples).max(), 0.01)), noise)


def hush(seconds: float, noise: float = 0.0) -> bytes:
    """No words."""
    return alaw(numpy.zeros(round(seconds * RATE)), noise)


def alaw(samples: numpy.ndarray, noise: float) -> bytes:
    """Samples of -1 to 1 in A-law, whole packets of them."""
    chance = numpy.random.default_rng(len(samples))
    noisy = numpy.clip(samples + chance.normal(0.0, noise or 1e-9, len(samples)), -1.0, 1.0)
    made = bytes(_alaw(int(sample)) for sample in noisy * 32767)
    return made + _SILENCE * (-len(made) % 160)
