"""Fields of `speech`, `languages` and `recognisers` of the project."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages
from pydantic import BeforeValidator, WithJsonSchema

from routing.model.fields import Id, NotEmpty, OneOrMany, parsed_by, safe_text
from routing.model.spoken import CODE


def parse_language(value: Any) -> str:
    """A language's code: ``uk``, ``en``. Raises ValueError."""
    if not isinstance(value, str) or not CODE.fullmatch(value):
        shown = f"`{value}`" if isinstance(value, str) else "this"
        raise ValueError(f"{shown} is not a language: two or three small letters such as uk, ru, pl or en")
    known = _known_languages()
    if value not in known:
        others = _meant(value)
        meant = "; ".join(f"{known.get(code, code)} is `{code}`" for code in others)
        country = "a country" if value.upper() in Locale("en").territories else "no code of a language"
        raise ValueError(f"`{value}` is {country}{'; ' if meant else ''}{meant}")
    return value


@functools.cache
def _known_languages() -> Mapping[str, str]:
    """The languages of Unicode's CLDR, ISO 639-1 and more, by code, in English."""
    return dict(Locale("en").languages)


def _meant(code: str) -> Sequence[str]:
    """The languages of a country's code, or the one that CLDR writes for a longer code such as `ukr`."""
    alias = get_global("language_aliases").get(code)
    return (alias,) if alias else get_official_languages(code.upper())


def _command(value: Any) -> str:
    text = safe_text(value)
    try:
        program = shlex.split(text)
    except ValueError:
        raise ValueError("a quotation mark of this command is not closed") from None
    if not program:
        raise ValueError("is empty: a command is missing here, such as `espeak-ng -v uk --stdin --stdout`")
    if found := next((word for word in program if word in ("|", ">", "<", "&&", ";", "&")), None):
        raise ValueError(f"`{found}` needs a shell, and none runs this command: write a script and name it here")
    return text


Language = Annotated[
    str, BeforeValidator(parsed_by(parse_language)), WithJsonSchema({"type": "string", "pattern": "^[a-z]{2,3}$"})
]
VoiceCommand = Annotated[str, BeforeValidator(parsed_by(_command)), WithJsonSchema({"type": "string"})]
#: Recognisers of speech by name, with the languages of each.
SpeechRecognisers = dict[Id, Annotated[list[Language], OneOrMany, NotEmpty]]
