"""Temporary folders of a process. A killed process leaves its folder; the next one with the same prefix removes it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Locked by the process that uses the folder: the lock ends with the process, however it ends.
IN_USE = ".in-use"


@contextmanager
def temporary(prefix: str, below: Path | None = None) -> Iterator[Path]:
    """A new folder below ``below``, or where temporary files are; removed afterwards."""
    place = below or Path(tempfile.gettempdir())
    _remove_abandoned(place, prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    beginning = folder / f"{IN_USE}.new"
    descriptor = os.open(beginning, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        beginning.rename(folder / IN_USE)  # it is never seen unlocked
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _remove_abandoned(place: Path, prefix: str) -> None:
    """Remove this user's folders whose lock is free. One without a lock file may be new: it stays."""
    with contextlib.suppress(OSError):
        for folder in place.glob(f"{prefix}*"):
            with contextlib.suppress(OSError):
                if not folder.is_symlink() and folder.stat().st_uid == os.getuid() and _is_abandoned(folder):
                    shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    descriptor = os.open(folder / IN_USE, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
