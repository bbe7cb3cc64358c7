"""Files of what callers say to speech menus: FreeSWITCH writes and deletes them, the engine reads their end.

A FreeSWITCH that is killed leaves a file: the engine removes it.
"""

from __future__ import annotations

import os
import re

from routing.engine.old_files import remove_old
from routing.model.recognition import BYTES_A_SECOND, ENDING, RecogniserDown

#: Nobody speaks to a menu for so long: whatever was not written to since then is of no call that goes on.
ORPHANED_SECONDS = 3600.0
#: How often the folder is looked through, at most.
LOOKS_SECONDS = 600.0
_NAME = re.compile(rf"[0-9a-f-]{{36}}\.{ENDING}")


def last_seconds(audio: str, longest_s: float) -> bytes:
    """The end of a file that FreeSWITCH still writes. Raises RecogniserDown where there is none."""
    most = round(longest_s * BYTES_A_SECOND) & ~1
    try:
        with open(os.open(audio, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            size = file.seek(0, os.SEEK_END) & ~1
            file.seek(max(size - most, 0))
            found = file.read(min(size, most))
    except OSError as problem:
        raise RecogniserDown(f"no recording of the caller: {problem.strerror}") from None
    if not found:
        raise RecogniserDown("the recording of the caller is empty")
    return found


class Orphans:
    """Removes files that nobody writes any more from the folder of a file that was just read."""

    def __init__(self) -> None:
        self._looked = float("-inf")

    def forget(self, audio: str, now: float) -> None:
        """``audio``: a file in that folder; ``now``: seconds since the epoch."""
        if now < self._looked + LOOKS_SECONDS:
            return
        self._looked = now
        remove_old(os.path.dirname(audio), _NAME, now - ORPHANED_SECONDS)
