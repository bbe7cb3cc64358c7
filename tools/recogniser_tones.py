"""A recogniser for tests and for trying out `listen` without a model: it understands tones instead of words.

    routing serve --recogniser "english=python3 tools/recogniser_tones.py" ...

The first phrase of a menu is 500 Hz, the second 600 Hz, and so on; any other tone is a word that is no phrase, silence
is none. It speaks the protocol of docs/howto/listen.rst.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import numpy

FIRST_HZ, STEP_HZ, AWAY_HZ = 500, 100, 25
SOFTEST = 0.004


def recognised(phrases: Sequence[str], audio: bytes, rate: int) -> dict[str, object]:
    """The text and the confidence."""
    samples = numpy.frombuffer(audio, "<i2").astype("float32") / 32768
    if not len(samples) or numpy.abs(samples).max() < SOFTEST:
        return {"text": "", "confidence": 0.0}
    spectrum = numpy.abs(numpy.fft.rfft(samples))
    loudest_hz = float(spectrum[1:].argmax() + 1) * rate / len(samples)
    place = round((loudest_hz - FIRST_HZ) / STEP_HZ)
    if 0 <= place < len(phrases) and abs(loudest_hz - FIRST_HZ - place * STEP_HZ) < AWAY_HZ:
        return {"text": phrases[place], "confidence": 0.9}
    return {"text": "something else", "confidence": 0.9}


def main() -> None:
    print(json.dumps({"ready": True}), flush=True)
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        audio = sys.stdin.buffer.read(request["bytes"])
        print(json.dumps({"id": request["id"], **recognised(request["phrases"], audio, request["rate"])}), flush=True)


if __name__ == "__main__":
    main()
