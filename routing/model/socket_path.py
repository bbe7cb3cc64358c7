"""Paths of unix sockets within the kernel's limit, whatever the release root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: ``sun_path`` has 108 bytes, the last of them 0 (unix(7)).
LONGEST_BYTES = 107


@contextmanager
def short_path(path: str | Path) -> Iterator[str]:
    """The path to connect, bind or send to; a long one goes through a descriptor of its folder.

    Raises OSError when the folder of a long path does not exist.
    """
    if len(os.fsencode(path)) <= LONGEST_BYTES:
        yield str(path)
        return
    folder = os.open(os.path.dirname(path), os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{os.path.basename(path)}"
    finally:
        os.close(folder)
