"""``play``: answer and play a sound file to the caller.

Good::

    - play: greeting.wav

Bad on a number with ``caller_pays: false``: it answers before a person does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from routing.model.fields import Sound
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.steps.base import Emitter, Step, sound_path
from routing.steps.dialplan import Extension

#: Assumed for a sound whose length cannot be read (mp3, ogg).
UNKNOWN_SECONDS = 30.0


class PlayStep(Step):
    """Play a file; falls through when it has been played."""

    kind: ClassVar[str] = "play"
    primary: ClassVar[str] = "file"
    answers: ClassVar[bool] = True

    file: Sound = Field(description="A file below `sounds/`.")

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """``answer`` and ``playback``."""
        here.do("answer")
        here.do("playback", sound_path(self.file))
        return here

    def own_seconds(self, folder: Folder) -> float:
        """The file's length."""
        return folder.sounds.get(self.file, UNKNOWN_SECONDS)

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The file."""
        yield ("file",), self.file
