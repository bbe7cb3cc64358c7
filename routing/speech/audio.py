"""From the WAV file of a voice to those that FreeSWITCH plays: one channel, 16 bit, the sample rates of phone calls."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy
import soundfile
import soxr  # type: ignore[import-untyped]

from routing.model.spoken import RATES, Phrase, PhraseAudio

#: Softer than this is silence: a voice that says nothing.
_SOFTEST = 0.01
#: The loudest sample: louder voices are made softer.
_LOUDEST = 0.9
_RATES = range(4000, 192_001)
_SHORTEST_SECONDS = 0.05


class BadAudio(ValueError):
    """What is wrong with the file of a voice; ``reason``: without any of its content."""

    def __init__(self, fault: str, reason: str = "") -> None:
        super().__init__(fault)
        self.reason = reason or fault


def telephone(content: bytes, phrase: Phrase, rates: Sequence[int] = RATES) -> PhraseAudio:
    """The files of these words. Raises BadAudio."""
    samples, rate = _read(content)
    seconds = len(samples) / rate
    loudest = float(numpy.max(numpy.abs(samples), initial=0.0))
    if seconds < _SHORTEST_SECONDS or loudest < _SOFTEST:
        raise BadAudio(f"its file holds {seconds:.1f} s of silence")
    if seconds > phrase.longest_seconds:
        most = f"{len(phrase.text)} letters need {phrase.longest_seconds:.0f} s at most"
        raise BadAudio(f"its file is {seconds:.0f} s long, and {most}")
    if loudest > _LOUDEST:
        samples = samples * (_LOUDEST / loudest)
    files = {to: _wave(samples if to == rate else soxr.resample(samples, rate, to), to) for to in rates}
    return PhraseAudio(files, round(seconds, 2))


def _read(content: bytes) -> tuple[numpy.ndarray, int]:
    """Samples of one channel, and their rate."""
    if not content:
        raise BadAudio("it wrote nothing: it must write a WAV file to its standard output")
    try:
        samples, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, TypeError) as problem:
        raise BadAudio(f"it wrote no WAV file but {content[:24]!r}", "it wrote no WAV file") from problem
    if rate not in _RATES or not numpy.isfinite(samples).all():
        raise BadAudio(f"its file is broken: {rate} Hz")
    return samples.mean(axis=1), int(rate)


def _wave(samples: numpy.ndarray, rate: int) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, numpy.clip(samples, -1.0, 1.0), rate, format="WAV", subtype="PCM_16")
    return file.getvalue()
