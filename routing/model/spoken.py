"""Sounds that are written instead of recorded: a text that a voice speaks, or a sound of its own for each language.

Each has a name among the sounds of a release, which depends on its content alone. Compiling fills the file; steps,
dialplans and traces treat the name as they treat a recording's.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import wave
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

#: Folder of these sounds below `sounds/`; below it one for each language, and in each one for each sample rate.
FOLDER = "spoken"
#: What each of them says, for traces and scheme tests: name -> language -> text or file.
TABLE = "spoken.json"
#: The call's language, where it has one: the channel variable.
LANGUAGE = "routing_language"
#: FreeSWITCH plays the file in the folder of the call's sample rate, where there is one.
RATES = (8000, 16000)
_QUOTED = 40
#: The least that a WAV file of silence needs.
_SILENT_HZ = 100
#: Letters a second of a voice at its usual speed, and of the slowest that is allowed.
_USUAL, _SLOWEST = 16.0, 7.0
#: Before and after the words.
_PAUSES_SECONDS = 0.5
CODE = re.compile(r"[a-z]{2,3}")


class Phrase(NamedTuple):
    """A text and the language of the voice that speaks it; an empty language is the project's first."""

    language: str
    text: str

    @property
    def usual_seconds(self) -> float:
        """About how long a voice needs: for scheme tests and lints, which run no voice."""
        return round(_PAUSES_SECONDS + len(self.text) / _USUAL, 1)

    @property
    def longest_seconds(self) -> float:
        """No voice may need longer: for the longest time of a scheme."""
        return round(2 * _PAUSES_SECONDS + len(self.text) / _SLOWEST, 1)


class PhraseAudio(NamedTuple):
    """Spoken words: WAV files by sample rate, and their length."""

    files: Mapping[int, bytes]
    seconds: float


class VoiceFault(Exception):
    """A voice does not speak: its language, the text, what is wrong, and a hint.

    ``reason``: what is wrong, without anything that the voice has written; it could repeat what a caller is told.
    """

    def __init__(self, phrase: Phrase, fault: str, hint: str = "", reason: str = "") -> None:
        super().__init__(fault)
        self.phrase, self.fault, self.hint, self.reason = phrase, fault, hint, reason or fault


class Voices(Protocol):
    """What speaks texts while a folder is compiled."""

    def identity(self, command: str) -> str:
        """Changes whenever the command would speak otherwise than before."""

    def speak(self, texts: Sequence[Phrase], commands: Mapping[str, str]) -> Mapping[Phrase, PhraseAudio]:
        """Speak every text. ``commands``: language -> its command. Raises VoiceFault."""


class SpokenSound(str):
    """The name of such a sound in a release. ``variants``: language -> its words, or a file of `sounds/`."""

    variants: Mapping[str, Phrase | str]

    @classmethod
    def of(cls, variants: Mapping[str, Phrase | str]) -> SpokenSound:
        """The sound with these variants. The first is for calls in any other language."""
        listed = [[language, *(v if isinstance(v, Phrase) else (v,))] for language, v in variants.items()]
        digest = hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode()).hexdigest()[:16]
        first = next(iter(variants.values()))
        ending = "wav" if isinstance(first, Phrase) else first.rpartition(".")[2]
        made = cls(f"{FOLDER}/{digest}.{ending}")
        made.variants = variants
        return made

    @property
    def by_language(self) -> str:
        """Where a call's own language has its variant; without a language it is the first one's place."""
        folder, _, file = self.partition("/")
        return f"{folder}/${{{LANGUAGE}}}/{file}" if len(self.variants) > 1 else str(self)

    def places(self, languages: Sequence[str]) -> Iterator[tuple[str, Phrase | str]]:
        """Every file below `sounds/` that the sound needs in a project of these languages, with what it holds."""
        folder, _, file = self.partition("/")
        first = next(iter(self.variants.values()))
        default = self.variants.get(languages[0], first) if languages else first
        yield str(self), default
        for language in languages if len(self.variants) > 1 else ():
            yield f"{folder}/{language}/{file}", self.variants.get(language, default)


class SoundRow(str):
    """Several sounds that are played one after another: their names, separated by ``!``."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, parts: Sequence[str]) -> SoundRow:
        """The row of these sounds."""
        made = cls("!".join(parts))
        made.parts = tuple(parts)
        return made


def parts_of(sound: str) -> tuple[str, ...]:
    """The sounds of which a sound consists: of a row each, otherwise itself."""
    return sound.parts if isinstance(sound, SoundRow) else (sound,)


def silence(phrase: Phrase) -> PhraseAudio:
    """As long as a voice usually needs for these words: for scheme tests and checks, where nobody listens."""
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setparams((1, 1, _SILENT_HZ, 0, "NONE", ""))
        made.writeframes(b"\x80" * round(phrase.usual_seconds * _SILENT_HZ))
    return PhraseAudio({_SILENT_HZ: file.getvalue()}, phrase.usual_seconds)


class SilentVoices:
    """Speak nothing: see `silence`."""

    def identity(self, command: str) -> str:
        """See Voices."""
        return "silence"

    def speak(self, texts: Sequence[Phrase], commands: Mapping[str, str]) -> Mapping[Phrase, PhraseAudio]:
        """See Voices."""
        return {phrase: silence(phrase) for phrase in texts}


SILENT = SilentVoices()


def usual_seconds(sound: str, known: Mapping[str, float], unknown: float) -> float:
    """How long a sound usually plays. ``known``: seconds of files by name; ``unknown``: of any other file."""
    return _seconds(sound, known, unknown, lambda phrase: phrase.usual_seconds)


def longest_seconds(sound: str, known: Mapping[str, float], unknown: float) -> float:
    """How long a sound may play in any language and by any voice."""
    return _seconds(sound, known, unknown, lambda phrase: phrase.longest_seconds)


def _seconds(sound: str, known: Mapping[str, float], unknown: float, spoken: Callable[[Phrase], float]) -> float:
    def one(variant: Phrase | str) -> float:
        return spoken(variant) if isinstance(variant, Phrase) else known.get(variant, unknown)

    return sum(max(map(one, _variants(part))) for part in parts_of(sound))


def recorded(sounds: Iterable[str]) -> set[str]:
    """The files of `sounds/` that these sounds need."""
    return {file for sound in sounds for part in parts_of(sound) for file in _variants(part) if isinstance(file, str)}


def label_of(sound: str) -> str:
    """A sound as messages name it: its file, or the first of its texts."""
    text = next((phrase.text for part in parts_of(sound) for phrase in phrases_of(part)), "")
    return f'the text "{shortened(text)}"' if text else sound


def shortened(text: str) -> str:
    """As much of a text as a message quotes."""
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 3]}..."


def phrases_of(sound: str) -> tuple[Phrase, ...]:
    """The texts of a sound that is no row."""
    return tuple(each for each in _variants(sound) if isinstance(each, Phrase))


def _variants(sound: str) -> tuple[Phrase | str, ...]:
    return tuple(sound.variants.values()) if isinstance(sound, SpokenSound) else (sound,)
