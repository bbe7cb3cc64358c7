"""``play``: answer and play a sound file to the caller.

Good::

    - play: greeting.wav

Good, not played to regular customers (see ``known`` of ``match``)::

    - play: {file: greeting.wav, unless: known}

Bad on a number with ``caller_pays: false``, because it answers before a person does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from routing.model.fields import Sound
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.steps.base import Emitter, Step, sound_path
from routing.steps.dialplan import Extension
from routing.steps.known import KnownLookup, is_known

#: Assumed length of a sound whose length cannot be read (mp3, ogg).
UNKNOWN_SECONDS = 30.0


class PlayStep(Step):
    """Play a file; falls through when it has been played."""

    kind: ClassVar[str] = "play"
    primary: ClassVar[str] = "file"
    answers: ClassVar[bool] = True
    needs_caller: ClassVar[bool] = True

    file: Sound = Field(description="A file below `sounds/`.")
    unless: Literal["known"] | None = Field(None, description="Skip it for known callers.")

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """``answer`` and ``playback``, after the lookup whether the caller is known."""
        if self.unless:
            KnownLookup().ask(out, here, path, out.go(f"{path}.play"))
            out.context.extension(f"{path}.play", is_known(True)).do("transfer", out.go(after))
            here = out.context.extension(f"{path}.play")
        here.do("answer")
        here.do("playback", sound_path(self.file))
        if not self.unless:
            return here
        here.do("transfer", out.go(after))
        return None

    def own_seconds(self, folder: Folder) -> float:
        """The file's length, plus the watchdog's time of a lookup."""
        lookup_seconds = KnownLookup().own_seconds(folder) if self.unless else 0.0
        return lookup_seconds + folder.sounds.get(self.file, UNKNOWN_SECONDS)

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """The lookup, if there is one."""
        return KnownLookup().runtime(folder) if self.unless else None

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The file."""
        yield ("file",), self.file
