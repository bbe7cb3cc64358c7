"""Files of callers' words that nobody deletes: FreeSWITCH was killed while it wrote them."""

from __future__ import annotations

import os
import re
from contextlib import suppress

from routing.model.recognition import ENDING

#: Nobody speaks to a menu for so long: whatever was not written to since then is of no call that goes on.
ORPHANED_SECONDS = 3600.0
#: How often the folder is looked through, at most.
LOOKS_SECONDS = 600.0
_NAME = re.compile(rf"[0-9a-f-]{{36}}\.{ENDING}")


class Orphans:
    """Removes them from the folder of a file that was just read."""

    def __init__(self) -> None:
        self._looked = float("-inf")

    def forget(self, audio: str, now: float) -> None:
        """``audio``: a file in that folder; ``now``: seconds since the epoch."""
        if now < self._looked + LOOKS_SECONDS:
            return
        self._looked = now
        with suppress(OSError), os.scandir(os.path.dirname(audio)) as folder:
            for entry in folder:
                if _NAME.fullmatch(entry.name) and entry.stat(follow_symlinks=False).st_mtime < now - ORPHANED_SECONDS:
                    with suppress(OSError):
                        os.unlink(entry.path)
