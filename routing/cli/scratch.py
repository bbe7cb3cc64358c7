"""A folder for a release that is thrown away: in memory where there is room, since many files wait long for disks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  # mkdtemp below it, 0700
#: A release of 10,000 numbers takes 70 MB; containers often have 64 MB in all.
ROOM_BYTES = 1 << 30


@contextmanager
def scratch(prefix: str, memory: Path = MEMORY) -> Iterator[Path]:
    """A folder that vanishes afterwards; below ``TMPDIR`` where that is set."""
    with tempfile.TemporaryDirectory(prefix=prefix, dir=_place(memory)) as made:
        yield Path(made)


def _place(memory: Path) -> Path | None:
    """The file system in memory; None for the usual place."""
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK | os.X_OK):
        return None
    return memory if shutil.disk_usage(memory).free >= ROOM_BYTES else None
