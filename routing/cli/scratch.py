"""A temporary folder for a release: in memory where there is room, since disks are slow with many files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from routing.compile.build import is_fit
from routing.process.temporary import temporary

MEMORY = Path("/dev/shm")  # noqa: S108  # mkdtemp below it, 0700
USUAL = Path("/tmp")  # noqa: S108  # the same
#: A release of 10,000 numbers takes 70 MB; containers often have 64 MB in all.
ROOM_BYTES = 1 << 30


@contextmanager
def scratch(prefix: str, memory: Path = MEMORY) -> Iterator[Path]:
    """A folder that is removed afterwards; below ``TMPDIR`` where that is set and fit for a release."""
    with temporary(prefix, _place(memory)) as made:
        yield made


def _place(memory: Path) -> Path | None:
    """The file system in memory; None for the usual place."""
    chosen = os.environ.get("TMPDIR", "")
    if chosen and is_fit(Path(chosen)):
        return None
    if os.access(memory, os.W_OK | os.X_OK) and shutil.disk_usage(memory).free >= ROOM_BYTES:
        return memory
    return USUAL if chosen else None
