"""``hangup``: end the call, with a hangup cause if you like.

Good::

    - hangup
    - hangup: {cause: USER_BUSY, play: bye.wav}

Bad (``not a hangup cause``)::

    - hangup: busy
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from routing.model.causes import OFFERED
from routing.model.decision import CAUSE
from routing.model.fields import parsed_by, shown
from routing.model.folder import Folder
from routing.model.problem import Loc, did_you_mean
from routing.model.sound_fields import Sound
from routing.steps.base import ANSWERED, Complaint, Emitter, Step, sound_path
from routing.steps.dialplan import Extension


def _cause(value: Any) -> str:
    if not isinstance(value, str) or not CAUSE.fullmatch(value):
        raise ValueError(f"{shown(value)} is not a hangup cause: write it as FreeSWITCH does, `USER_BUSY`")
    return value


Cause = Annotated[
    str, BeforeValidator(parsed_by(_cause)), WithJsonSchema({"type": "string", "examples": ["USER_BUSY"]})
]


class HangupStep(Step):
    """End the call."""

    kind: ClassVar[str] = "hangup"
    primary: ClassVar[str] = "cause"
    ends: ClassVar[bool] = True

    cause: Cause = Field("NORMAL_CLEARING", description="Hangup cause in FreeSWITCH's spelling.")
    play: Sound | None = Field(None, description="Played first, if the call has been answered.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """The cause is one that FreeSWITCH knows."""
        if self.cause not in OFFERED:
            yield (
                (*loc, "cause"),
                f"`{self.cause}` is not a hangup cause of FreeSWITCH",
                did_you_mean(self.cause, OFFERED),
            )

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """``hangup``; with ``play``, played only to an answered call: playback must not open early media."""
        if self.play:
            here.do("transfer", out.go(f"{path}.end"))
            answered = out.context.extension(f"{path}.end", ANSWERED)
            answered.do("playback", sound_path(self.play))
            answered.do("hangup", self.cause)
            here = out.context.extension(f"{path}.end")
        here.do("hangup", self.cause)
        return None

    def own_seconds(self, folder: Folder) -> float:
        """The length of the sound."""
        return folder.longest_seconds(self.play)

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The sound."""
        if self.play:
            yield ("play",), self.play
