"""How long the sounds of a release play: read from the WAV files themselves, once each.

A file that is not there has no length, and FreeSWITCH would not find it either. Sounds outside the root (streams,
a phrase, the switch's own files) count as three seconds.
"""

from __future__ import annotations

import wave
from pathlib import Path

OUTSIDE_MS = 3_000


class ReleaseSounds:
    """The sounds port of `switch.run` over a release root."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._known: dict[str, int | None] = {}

    def __call__(self, path: str) -> int | None:
        """Milliseconds; None for a file of the root that does not exist or is no sound."""
        if path not in self._known:
            self._known[path] = self._length(path)
        return self._known[path]

    def _length(self, path: str) -> int | None:
        real = Path(path).resolve()
        if not real.is_relative_to(self._root):
            return OUTSIDE_MS
        try:
            with wave.open(str(real), "rb") as sound:
                return round(sound.getnframes() * 1000 / sound.getframerate())
        except (wave.Error, EOFError):
            return OUTSIDE_MS if real.is_file() else None
        except OSError:
            return None
