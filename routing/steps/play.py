"""``play``: answer and play a sound file to the caller.

Good::

    - play: greeting.wav

Good, not played to regular customers (see ``known`` of ``match``)::

    - play: {file: greeting.wav, unless: known}

Good, a text that a voice speaks while compiling (`speech` of the project), and a text for each language::

    - play: {text: "We are closed."}
    - play: {text: {uk: "Ми зачинені.", en: "We are closed."}}

Good, one after another::

    - play: [greeting.wav, {text: "We are closed."}]

Good, numbers, times and the next opening of a calendar among them, see ``say``::

    - play: [closed.wav, {opening: office}]

Bad on a number with ``caller_pays: false``, because it answers before a person does.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from routing.model.fields import refuse
from routing.model.folder import Folder
from routing.model.sound_fields import SpokenText
from routing.steps.base import Emitter
from routing.steps.dialplan import Extension
from routing.steps.known import KnownLookup, is_known
from routing.steps.pieces import Pieces, PiecesStep, Played, play_pieces
from routing.steps.recording import announces, heard


class PlayStep(PiecesStep):
    """Play a file; falls through when it has been played."""

    kind: ClassVar[str] = "play"
    primary: ClassVar[str] = "file"

    file: Played | None = Field(
        None, description="A file below `sounds/`, or one for each language: `{uk: hello.wav, en: hello_en.wav}`."
    )
    text: SpokenText | None = Field(None, description="A text instead of a file, or one for each language.")
    unless: Literal["known"] | None = Field(None, description="Skip it for known callers.")

    @model_validator(mode="before")
    @classmethod
    def _one_by_language(cls, value: Any) -> Any:
        """``play: {uk: a.wav, en: b.wav}`` without ``file``."""
        is_by_language = isinstance(value, dict) and value and not value.keys() & {"file", "text", "unless"}
        return {"file": value} if is_by_language else value

    @model_validator(mode="after")
    def _file_or_text(self) -> PlayStep:
        if self.file and self.text:
            raise refuse("`play` has a file and a `text`", "write them in a row: `play: [greeting.wav, {text: ...}]`")
        if not (self.file or self.text):
            raise refuse("`play` needs a file or a `text`", "write `play: greeting.wav`")
        return self

    @property
    def pieces(self) -> Pieces:
        """What is played, in this order."""
        return self.file or (self.text or "",)

    @property
    def setting(self) -> str:
        """See PiecesStep."""
        return "text" if self.text else "file"

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """``answer`` and ``playback``, after the lookup whether the caller is known."""
        if self.unless:
            KnownLookup().ask(out, here, path, out.go(f"{path}.play"))
            out.context.extension(f"{path}.play", is_known(True)).do("transfer", out.go(after))
            here = out.context.extension(f"{path}.play")
        here.do("answer")
        play_pieces(out, here, self.pieces)
        if any(announces(piece, out.folder) for piece in self.pieces):
            heard(here)
        if not self.unless:
            return here
        here.do("transfer", out.go(after))
        return None

    def own_seconds(self, folder: Folder) -> float:
        """What is played, plus the watchdog's time of a lookup."""
        lookup_seconds = KnownLookup().own_seconds(folder) if self.unless else 0.0
        return lookup_seconds + super().own_seconds(folder)

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """The lookup, if there is one."""
        return KnownLookup().runtime(folder) if self.unless else None
