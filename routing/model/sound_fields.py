"""Sounds in scheme files: a recording, a text, several in a row, each perhaps by language."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from routing.model.fields import CONTROL_CHARACTERS, parsed_by, safe_text, shown
from routing.model.speech_fields import parse_language
from routing.model.spoken import Phrase, SoundRow, SpokenSound

LONGEST_TEXT = 1000
_SOUND = re.compile(r"\w[\w.-]*(/\w[\w.-]*)*\.(wav|mp3|ogg)")


def _sound(value: Any) -> str:
    if not isinstance(value, str) or not _SOUND.fullmatch(value) or ".." in value:
        raise ValueError(
            f"{shown(value)} is not a sound file: a path below sounds/ that ends in .wav, .mp3 or .ogg, without spaces"
        )
    return safe_text(value)


def parse_sound(value: Any) -> str:
    """A file, a text, a row of both, or one of these for each language. Raises ValueError."""
    if isinstance(value, SpokenSound | SoundRow):
        return value
    if isinstance(value, list):
        if not value:
            raise ValueError("is empty: a sound is missing here")
        parts = [_piece(each) for each in value]
        return parts[0] if len(parts) == 1 else SoundRow.of(parts)
    return _piece(value)


def _piece(value: Any) -> str:
    if not isinstance(value, dict):
        return _sound(value)
    if "text" not in value:
        return _by_language({language: _variant(language, each) for language, each in value.items()})
    if len(value) > 1:
        other = next(key for key in value if key != "text")
        raise ValueError(f"`{other}` beside `text`: a text stands alone")
    return parse_texts(value["text"])


def parse_text(value: Any) -> str:
    """A text to speak: its blanks and line breaks are one blank. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("a text to speak is missing here" if value is None else "a text to speak must be in quotes")
    text = " ".join(value.split())
    if not any(letter.isalnum() for letter in text):
        raise ValueError("a text to speak needs words")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"a text to speak has at most {LONGEST_TEXT} characters, this one {len(text)}")
    if found := re.search(CONTROL_CHARACTERS, text):
        raise ValueError(f"a text to speak must not contain the control character U+{ord(found[0]):04X}")
    if found := re.search(r"\{\{.*?\}\}", text):
        raise ValueError(f"`{found[0]}` is not known while compiling: only `say` and `say` of a `lookup` speak names")
    if found := re.search(r"[<>{}\\|]", text):
        if name := re.search(r"(?<!\{)\{\s*([a-z_][a-z0-9_.]*)\s*\}(?!\})", text):
            raise ValueError(f"a text to speak must not contain `{found[0]}`: write `{{{{{name[1]}}}}}` for a name")
        raise ValueError(f"a text to speak must not contain `{found[0]}`: a voice speaks words, no markup")
    return text


def parse_texts(texts: Any) -> str:
    """A text, or one for each language. Raises ValueError."""
    if isinstance(texts, SpokenSound):
        return texts
    if isinstance(texts, dict):
        return _by_language({language: _variant(language, {"text": each}) for language, each in texts.items()})
    return SpokenSound.of({"": Phrase("", parse_text(texts))})


def _variant(language: Any, value: Any) -> Phrase | str:
    known = parse_language(language)
    if isinstance(value, dict) and list(value) == ["text"]:
        return Phrase(known, parse_text(value["text"]))
    if isinstance(value, dict | list):
        raise ValueError(f"`{known}` needs a file or `{{text: ...}}`")
    return _sound(value)


def _by_language(variants: dict[str, Phrase | str]) -> str:
    if not variants:
        raise ValueError("is empty: a language and its text or file are missing here")
    endings = {"wav" if isinstance(each, Phrase) else each.rpartition(".")[2] for each in variants.values()}
    if len(endings) > 1:
        raise ValueError(f"the languages' files must all end alike, here {' and '.join(sorted(endings))}: convert one")
    return SpokenSound.of(variants)


_TEXT = {"type": "string"}
TEXTS_SCHEMA = {"anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}]}
_SPOKEN_TEXT = {"description": "A text that a voice speaks while compiling, or one for each language.", **TEXTS_SCHEMA}
_FILE = {"type": "string", "examples": ["greeting.wav"]}
_SPOKEN = {"type": "object", "properties": {"text": _SPOKEN_TEXT}, "required": ["text"], "additionalProperties": False}
_LANGUAGES = {"type": "object", "patternProperties": {"^[a-z]{2,3}$": {}}, "additionalProperties": False}
_PIECE = {"anyOf": [_FILE, _SPOKEN, _LANGUAGES]}
SOUND_SCHEMA = {"anyOf": [_FILE, _SPOKEN, _LANGUAGES, {"type": "array", "items": _PIECE, "minItems": 1}]}
#: What a sound may be, for authors.
SOUND = (
    "What is played: a file below `sounds/` (`greeting.wav`), a text that a voice speaks while compiling "
    "(`{text: We are closed.}`), one of both for each language (`{uk: hello.wav, en: {text: Hello.}}`), or several of "
    "these in a row (`[hello.wav, {text: We are closed.}]`), in `play` with numbers, times and openings among them."
)
#: A recording: its own file.
SoundFile = Annotated[str, BeforeValidator(parsed_by(_sound)), WithJsonSchema(_FILE)]
#: A text, or one for each language.
SpokenText = Annotated[str, PlainValidator(parsed_by(parse_texts)), WithJsonSchema(TEXTS_SCHEMA)]
#: What is played: a recording, a text, or several in a row (`SoundRow`), each perhaps by language (`SpokenSound`).
Sound = Annotated[str, PlainValidator(parsed_by(parse_sound)), WithJsonSchema(SOUND_SCHEMA)]
