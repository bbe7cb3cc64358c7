"""Sound files for recordings and voicemails of a sample month: the schemes' own prompts, by turns, as long as the talk.

Real files, so that the desk's player, its waveform and its downloads can be tried.
"""

from __future__ import annotations

import wave
from pathlib import Path
from random import Random

#: The form of FreeSWITCH's own recordings here: mono, 16 bits a sample.
RATE, WIDTH = 8000, 2
#: Longer talks are cut: the files are for a first look.
MOST_SECONDS = 90.0
_GAP_SECONDS = (0.3, 1.4)


class SampleSounds:
    """Makes talks from the sounds in a folder; without a usable one they are silent."""

    def __init__(self, folder: Path, random: Random) -> None:
        self._random = random
        self._phrases = [phrase for file in sorted(folder.glob("*.wav")) if (phrase := _phrase(file))]

    def write(self, file: Path, seconds: float) -> None:
        """Write a talk of this length. Raises OSError."""
        length = round(min(max(seconds, 1.0), MOST_SECONDS) * RATE) * WIDTH
        sound = bytearray()
        while len(sound) < length:
            sound += bytes(round(self._random.uniform(*_GAP_SECONDS) * RATE) * WIDTH)
            sound += self._random.choice(self._phrases) if self._phrases else bytes(length)
        file.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(WIDTH)
            out.setframerate(RATE)
            out.writeframes(bytes(sound[:length]))


def _phrase(file: Path) -> bytes:
    """A sound in our form; nothing for one in another form."""
    try:
        with wave.open(str(file), "rb") as sound:
            form = sound.getnchannels(), sound.getsampwidth(), sound.getframerate()
            return sound.readframes(sound.getnframes()) if form == (1, WIDTH, RATE) else b""
    except (wave.Error, EOFError, OSError):
        return b""
