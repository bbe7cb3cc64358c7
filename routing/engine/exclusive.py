"""Work that only one of several processes does at a time, on behalf of all."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gevent


@contextmanager
def exclusive(file: Path, every_s: float) -> Iterator[None]:
    """Waits for the exclusive lock on a file and holds it inside the block; the lock ends with its process."""
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
