"""Forgets calls that are older than the project keeps them: rows, steps, legs and sound files.

A call's recordings are personal data like its numbers and go with it. Only files named by the call's own id go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from sqlalchemy import Engine

from routing.journal import store

EVERY_SECONDS = 3600.0


@dataclass
class Retention:
    """``keep_s``: how long a call is kept, from its beginning, in seconds; 0: for ever."""

    keep_s: Callable[[], float]
    _next: float = field(default=0.0, init=False)

    def apply(self, engine: Engine, now: float, stop: Event) -> int:
        """Forget what is too old, at most once an hour; returns how many calls went."""
        keep_s = self.keep_s()
        if not keep_s or now < self._next:
            return 0
        self._next = now + EVERY_SECONDS
        forgotten = 0
        while not stop.is_set():
            oldest = store.oldest(engine, now - keep_s)
            for call, paths in oldest:  # sounds first: a kill in between must not leave one that nothing names
                for path in paths:
                    _remove_sound(call, Path(path))
            if oldest:
                store.forget(engine, [call for call, _ in oldest])
            forgotten += len(oldest)
            if len(oldest) < store.DELETED_AT_ONCE:
                break
        return forgotten


def _remove_sound(call: str, path: Path) -> None:
    if call and call in path.name and path.suffix in (".wav", ".mp3", ".ogg"):
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return
