"""Settings inside `listen`: its options, each with the phrases that choose it, by language."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from routing.model.fields import Fields, Key, parsed_by, safe_text, shown
from routing.model.recognition import LONGEST_PHRASE, plain_phrase
from routing.model.speech_fields import parse_language
from routing.steps.lists import Steps

#: More phrases than a recogniser tells apart.
MOST_PHRASES = 20


def _phrase(value: Any) -> str:
    phrase = plain_phrase(safe_text(value))
    if not phrase:
        raise ValueError(f"{shown(value)} is no phrase: write what callers say, such as `my order`")
    if len(phrase) > LONGEST_PHRASE:
        raise ValueError(f"{shown(value)} is too long for a phrase: at most {LONGEST_PHRASE} letters")
    return phrase


def _list(value: Any) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(map(_phrase, value if isinstance(value, list) else [value])))
    if not 1 <= len(found) <= MOST_PHRASES:
        raise ValueError(f"an option has 1 to {MOST_PHRASES} phrases a language, not {len(found)}")
    return found


def _phrases(value: Any) -> dict[str, tuple[str, ...]]:
    """Phrases by language; "" for those of the project's language."""
    if not isinstance(value, dict):
        return {"": _list(value)}
    if not value:
        raise ValueError("is empty: a language and its phrases are missing here")
    return {parse_language(language) if language else "": _list(each) for language, each in value.items()}


_LIST = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
_BY_LANGUAGE = {"type": "object", "patternProperties": {"^[a-z]{2,3}$": _LIST}, "additionalProperties": False}
#: One phrase, several, or one of these for each language.
Phrases = Annotated[
    dict[str, tuple[str, ...]],
    PlainValidator(parsed_by(_phrases)),
    WithJsonSchema({"anyOf": [*_LIST["anyOf"], _BY_LANGUAGE]}),
]


class ListenOption(Fields):
    """An option of a speech menu."""

    phrases: Phrases = Field(
        description="What callers say: `my order`, `[sales, new order]`, or by language: `{en: sales, uk: продаж}`."
    )
    key: Key | None = Field(None, description="The key for it, which always works.")
    steps: Steps = Field(description="Steps of callers who choose it.")
