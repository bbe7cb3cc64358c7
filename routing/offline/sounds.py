"""Lengths of a release's sounds, read from the files, once each.

A missing file, or one that FreeSWITCH cannot play, has no length. Sounds outside the root (streams, a phrase, the
switch's own files) count as three seconds.
"""

from __future__ import annotations

from pathlib import Path

from routing.model.sound import ENDINGS, NoSound, sound_seconds

OUTSIDE_MS = 3_000


class ReleaseSounds:
    """The sounds port of `switch.run` over a release root."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._known: dict[str, int | None] = {}

    def __call__(self, path: str) -> int | None:
        """Milliseconds; None for a file below the root that does not exist or is no sound."""
        if path not in self._known:
            self._known[path] = self._length(path)
        return self._known[path]

    def _length(self, path: str) -> int | None:
        real = Path(path).resolve()
        if not real.is_relative_to(self._root):
            return OUTSIDE_MS
        try:
            with real.open("rb") as sound:
                return round(sound_seconds(real.name, sound) * 1000) if real.name.endswith(ENDINGS) else None
        except (NoSound, OSError):
            return None


def heard_as(sound: str) -> str:
    """What a caller hears of an endless sound: ``ringing`` of a ringing tone, else ``audio``."""
    return "ringing" if sound.startswith("tone_stream://%") else "audio"
