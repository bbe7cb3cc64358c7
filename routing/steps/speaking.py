"""Texts with names of the call's facts: the engine lets a voice speak them, the dialplan plays the file.

No file in time, a file that FreeSWITCH does not find, no engine: callers hear the sound that the scheme writes for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field

from routing.model.fields import Fields
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.sound_fields import Sound
from routing.model.spoken import Phrase
from routing.model.spoken_file import FILE_NAME, FOLDER, SPOKEN
from routing.model.template_fields import SpokenTemplate, Template
from routing.steps.base import RELEASE, Complaint, Emitter, sound_path
from routing.steps.dialplan import Condition, Extension
from routing.steps.dynamic import DynamicStep, Timeout, when
from routing.steps.http_request import unknown_names

#: What FreeSWITCH says of the file that it has played.
_PLAYED, _RESULT = "routing_played", "${current_application_response}"


class SpokenAnswer(Fields):
    """A text that is spoken as soon as its facts are known."""

    text: Template = Field(description="A text with names, or one for each language.")
    instead: Sound = Field(description="Played when no voice speaks in time.")

    def longest_seconds(self, folder: Folder) -> float:
        """The longer of both."""
        assert isinstance(self.text, SpokenTemplate)
        return max(self.text.longest_seconds, folder.longest_seconds(self.instead))


class SpeakRequest(DynamicStep):
    """Part of `say`, not a step for authors: the engine speaks its text."""

    kind: ClassVar[str] = "speak"
    obeys: ClassVar[frozenset[str]] = frozenset({"spoken"})

    text: Template
    timeout: Timeout

    def ask(self, out: Emitter, here: Extension, path: str, after: str, instead: str) -> None:
        """Let it be spoken and play it, or ``instead``; then the call goes to the label ``after``."""
        here.set(SPOKEN, "")
        self.emit_frame(out, here, path, out.go(f"{path}.instead"))
        play_spoken(out, path, instead, after)

    def emit_own(self, out: Emitter, path: str, own: str, then: str) -> None:
        """It is spoken."""
        when(out, path, f"^{own}:spoken$").do("transfer", out.go(f"{path}.speech"))

    @property
    def budget_seconds(self) -> float:
        """The voice's timeout."""
        return self.timeout

    def runtime(self, folder: Folder) -> dict[str, Any]:
        """The texts and their voices."""
        return {"kind": self.kind, "timeout_s": float(self.timeout), "say": speech_table(self.text, folder)}


def play_spoken(out: Emitter, path: str, instead: str, after: str) -> None:
    """The extension ``PATH.speech``: plays the file that the engine has named, or else ``instead``."""
    file = Condition(f"${{{SPOKEN}}}", f"^({FILE_NAME.pattern})$")
    speech = out.context.extension(f"{path}.speech", file)
    speech.do("answer")
    speech.do("playback", f"{RELEASE}/../../{FOLDER}/$1.wav")
    speech.set(_PLAYED, _RESULT)
    speech.do("transfer", out.go(f"{path}.spoken"))
    out.context.extension(f"{path}.speech").do("transfer", out.go(f"{path}.instead"))
    played = out.context.extension(f"{path}.spoken", Condition(f"${{{_PLAYED}}}", "^FILE PLAYED$"))
    out.context.extension(f"{path}.spoken").do("transfer", out.go(f"{path}.instead"))
    other = out.context.extension(f"{path}.instead")
    other.do("answer")
    other.do("playback", sound_path(instead))
    for place in (played, other):
        place.do("transfer", out.go(after))


def speech_table(template: str, folder: Folder) -> dict[str, Any]:
    """What the engine needs: texts by language, the first that of other calls; the command of each voice.

    A voice whose setting is faulty has no command: nothing is written then.
    """
    assert isinstance(template, SpokenTemplate)
    voices, languages = folder.project.speech, folder.project.call_languages
    first = next((each for each in languages if each in voices), "")
    texts = {language or first: text for language, text in template.texts.items()}
    ordered = sorted(texts, key=lambda language: language != languages[0] if languages else False)
    return {
        "texts": [[each, texts[each]] for each in ordered],
        "voices": {each: voices.get(each, "") for each in texts},
    }


def names_of(template: str) -> list[str]:
    """The names in a text."""
    assert isinstance(template, SpokenTemplate)
    return template.names


def complaints(template: str, loc: Loc, folder: Folder) -> Iterator[Complaint]:
    """Languages without a voice, and names that no call has."""
    assert isinstance(template, SpokenTemplate)
    for language, text in template.texts.items():
        if wrong := folder.phrase_complaint(Phrase(language, text)):
            yield loc, *wrong
    yield from unknown_names(template.names, loc, folder, "name one: `{{entity.region}}`, `{{asked.order}}`")
