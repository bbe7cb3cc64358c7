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

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from routing.model.fields import refuse
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.sound_fields import SpokenText
from routing.steps.base import Complaint, Emitter, Reference, Step
from routing.steps.dialplan import Extension
from routing.steps.known import KnownLookup, is_known
from routing.steps.pieces import Pieces, Played, calendars, check_pieces, plain, play_pieces, seconds, spoken
from routing.steps.recording import announces, heard


class PlayStep(Step):
    """Play a file; falls through when it has been played."""

    kind: ClassVar[str] = "play"
    primary: ClassVar[str] = "file"
    answers: ClassVar[bool] = True
    needs_caller: ClassVar[bool] = True
    bare: ClassVar[bool] = False

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

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Calendars and voices of what is not a sound."""
        yield from check_pieces(self.pieces, (*loc, "file"), folder, default_hours)

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
        """The file's length, plus the watchdog's time of a lookup."""
        lookup_seconds = KnownLookup().own_seconds(folder) if self.unless else 0.0
        return lookup_seconds + seconds(self.pieces, folder)

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """The lookup, if there is one."""
        return KnownLookup().runtime(folder) if self.unless else None

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The files and texts."""
        return ((("text",) if self.text else ("file",), sound) for sound in plain(self.pieces))

    def spoken(self, folder: Folder) -> Iterator[str]:
        """Numbers and times."""
        return spoken(self.pieces, folder)

    def openings(self, default_hours: str | None) -> Iterator[str]:
        """Calendars of which it says when they open."""
        return calendars(self.pieces, default_hours)

    def references(self) -> Iterator[Reference]:
        """The same calendars, by their names."""
        return (("calendars", name) for name in calendars(self.pieces, None) if name)
