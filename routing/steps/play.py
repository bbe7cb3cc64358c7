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

Bad on a number with ``caller_pays: false``, because it answers before a person does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from routing.model.fields import refuse
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.sound_fields import Sound, SpokenText
from routing.steps.base import Emitter, Step, sound_path
from routing.steps.dialplan import Extension
from routing.steps.known import KnownLookup, is_known
from routing.steps.recording import announces, heard


class PlayStep(Step):
    """Play a file; falls through when it has been played."""

    kind: ClassVar[str] = "play"
    primary: ClassVar[str] = "file"
    answers: ClassVar[bool] = True
    needs_caller: ClassVar[bool] = True
    bare: ClassVar[bool] = False

    file: Sound | None = Field(
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
        if not self.sound:
            raise refuse("`play` needs a file or a `text`", "write `play: greeting.wav`")
        return self

    @property
    def sound(self) -> str:
        """What is played."""
        return self.file or self.text or ""

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """``answer`` and ``playback``, after the lookup whether the caller is known."""
        if self.unless:
            KnownLookup().ask(out, here, path, out.go(f"{path}.play"))
            out.context.extension(f"{path}.play", is_known(True)).do("transfer", out.go(after))
            here = out.context.extension(f"{path}.play")
        here.do("answer")
        here.do("playback", sound_path(self.sound))
        if announces(self.sound, out.folder):
            heard(here)
        if not self.unless:
            return here
        here.do("transfer", out.go(after))
        return None

    def own_seconds(self, folder: Folder) -> float:
        """The file's length, plus the watchdog's time of a lookup."""
        lookup_seconds = KnownLookup().own_seconds(folder) if self.unless else 0.0
        return lookup_seconds + folder.longest_seconds(self.sound)

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """The lookup, if there is one."""
        return KnownLookup().runtime(folder) if self.unless else None

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The file."""
        yield ("file" if self.file else "text",), self.sound
