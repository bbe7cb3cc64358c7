"""A text with names of the call's facts, which a voice speaks while the call waits.

``Order {{order}} is {{lookup.status}}.``: the names are those of a lookup's URL (`model.question`). Names of secret
digits stay empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from routing.model.fields import parsed_by, shown
from routing.model.question import PLACE
from routing.model.sound_fields import parse_text
from routing.model.speech_fields import parse_language
from routing.model.spoken import Phrase

#: The longest value of a fact (`model.entities.LONGEST_VALUE`) as words.
_VALUE_LETTERS = 120


class SpokenTemplate(str):
    """Such a text; one for each language in ``texts``. An empty language is the project's first that has a voice."""

    texts: Mapping[str, str]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> SpokenTemplate:
        """The template of these texts."""
        made = cls(next(iter(texts.values())))
        made.texts = texts
        return made

    @property
    def names(self) -> list[str]:
        """The names in all texts, each once."""
        return list(dict.fromkeys(name for text in self.texts.values() for name in PLACE.findall(text)))

    @property
    def longest_seconds(self) -> float:
        """No voice may need longer, whatever the facts are."""
        return max(Phrase(language, _longest(text)).longest_seconds for language, text in self.texts.items())


def _longest(text: str) -> str:
    return PLACE.sub("x" * _VALUE_LETTERS, text)


def has_names(value: Any) -> bool:
    """Whether a text, or one of those for each language, has names in it."""
    texts = value.values() if isinstance(value, dict) else (value,)
    return isinstance(value, SpokenTemplate) or any("{{" in text for text in texts if isinstance(text, str))


def parse_template(value: Any) -> SpokenTemplate:
    """A text with names, or one for each language. Raises ValueError."""
    if isinstance(value, SpokenTemplate):
        return value
    if isinstance(value, dict) and value:
        return SpokenTemplate.of({parse_language(language): _text(text) for language, text in value.items()})
    return SpokenTemplate.of({"": _text(value)})


def _text(value: Any) -> str:
    without = PLACE.sub("1", value) if isinstance(value, str) else value
    if isinstance(without, str) and ("{{" in without or "}}" in without):
        raise ValueError(f"{shown(value)} has a brace that is no name: write `{{{{order}}}}`, without spaces")
    parse_text(without)
    if without == value:
        raise ValueError(
            "a text without a name, such as `{{order}}`, is for a step `say`: it is spoken while compiling"
        )
    return " ".join(value.split())


_TEXT = {"type": "string", "examples": ["Order {{order}} is {{lookup.status}}."]}
TEMPLATE_SCHEMA = {"anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}]}
#: A text with names, or one for each language.
Template = Annotated[str, PlainValidator(parsed_by(parse_template)), WithJsonSchema(TEMPLATE_SCHEMA)]
