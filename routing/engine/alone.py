"""What one process of several does for all of them, for as long as it lives."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gevent


@contextmanager
def alone(file: Path, every_s: float) -> Iterator[None]:
    """Waits until no other process is in such a block of this file; a process that dies has left it."""
    with file.open("wb") as lock:
        while not _locked(lock.fileno()):
            gevent.sleep(every_s)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
