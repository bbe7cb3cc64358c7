"""Removes files that nobody needs any more, whoever else removes them at the same time."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path


def remove_old(folder: str | Path, name: re.Pattern[str], before_s: float) -> None:
    """Remove the files of these names that were last written before ``before_s``, seconds since the epoch.

    A link is removed, not what it leads to. A folder that is not there has none.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                if name.fullmatch(entry.name) and entry.stat(follow_symlinks=False).st_mtime < before_s:
                    os.unlink(entry.path)
