"""Shows that a process reads a folder, and what it cannot do there: a lock on a file, which ends with the process,
however that ends. For ``routing doctor``, which may be another user's.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

FILE = ".journal"
_OPENED = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Reader:
    """Whoever reads a folder. ``fault``: what it cannot do, as text; "" when all is well."""

    fault: str


@dataclass
class ReadingMark:
    """Of this process, from `begin` on. ``folder``: what it reads; several processes may."""

    folder: Path
    _descriptor: int = field(default=-1, init=False)
    _is_locked: bool = field(default=False, init=False)
    _shown: str | None = field(default=None, init=False)

    def begin(self) -> None:
        """Show it. A folder in which it cannot is left as it is."""
        with suppress(OSError):
            self._descriptor = os.open(self.folder / FILE, _OPENED, 0o644)
        self.say("")

    def _lock(self) -> None:
        """Again and again until it is ours: whoever looks in this very moment holds it, and may be stalled."""
        with suppress(OSError):
            fcntl.flock(self._descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            self._is_locked = True

    def say(self, fault: str) -> None:
        """What cannot be done now, in a sentence; "": nothing."""
        if self._descriptor < 0:
            return
        if not self._is_locked:
            self._lock()
        if fault == self._shown:
            return
        self._shown = fault
        text = json.dumps({"fault": fault}).encode()
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, text, 0)

    def end(self) -> None:
        """It reads no more."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor, self._is_locked = -1, False


def reader(folder: Path) -> Reader | None:
    """Who reads a folder; None for nobody. Raises OSError where that cannot be seen."""
    try:
        descriptor = os.open(folder / FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return None
        except BlockingIOError:
            return Reader(_fault(os.pread(descriptor, 4096, 0)))
    finally:
        os.close(descriptor)


def _fault(text: bytes) -> str:
    try:
        return str(json.loads(text)["fault"])
    except (ValueError, KeyError, TypeError):
        return ""  # it is being written
