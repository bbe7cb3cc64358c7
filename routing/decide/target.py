"""One word of an answer -> what it names: a person, a phone, a scheme or an outside number.

No guessing: a word with two meanings is an error that names both. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

from routing.decide.directory import Directory
from routing.decide.verdict import AnswerRefused
from routing.model import forms
from routing.model.decision import E164

Kind = Literal["person", "phone", "number", "scheme"]
LONGEST_WORD = 100
PHONE_DIGITS = re.compile(r"[0-9]{10,15}")
#: The trunk zero that people write after a country code.
TRUNK = re.compile(r"(?<=\d)\s*\(0\)")
SEPARATORS = re.compile(r"[ ()\-]")


@dataclass(frozen=True)
class Target:
    """A kind and a name: ``person ivan``, ``phone ivan.desk``, ``number +380501112233``, ``scheme lviv``."""

    kind: Kind
    name: str


def word_of(value: Any, what: str) -> str:
    """A JSON string or whole number as a bare word, percent-encoding undone. Raises AnswerRefused otherwise."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise AnswerRefused(f"{what} is {type(value).__name__}, not text")
    word = unquote(value, errors="replace").strip() if "%" in value else value.strip()
    if not word:
        raise AnswerRefused(f"{what} is empty")
    if len(word) > LONGEST_WORD:
        raise AnswerRefused(f"{what} is {len(word)} characters long")
    return word


def target_of(
    word: str, directory: Directory, destinations: Sequence[re.Pattern[str]] = (), schemes: bool = True
) -> Target:
    """What a word names; ``schemes``: a scheme id may be meant. Raises AnswerRefused: unknown, or two things."""
    found = _named(word, directory, schemes)
    if number := _number(word, directory.country):
        phone = directory.numbers.get(number)
        # a phone named by its number keeps its gateway and its confirm key
        found[f"the number of {phone}" if phone else "a phone number"] = (
            Target("phone", phone) if phone else Target("number", number)
        )
    meanings = set(found.values())
    if len(meanings) > 1:
        raise AnswerRefused(f"{_shown(word)} is ambiguous: {' or '.join(found)} (hint: answer a longer form)")
    if not meanings:
        raise AnswerRefused(_unknown(word))
    target = meanings.pop()
    if target.kind == "number" and not directory.allows(target.name, destinations):
        raise AnswerRefused(f"{target.name} is not an allowed destination")
    return target


def _named(word: str, directory: Directory, schemes: bool) -> dict[str, Target]:
    found: dict[str, Target] = {}
    if word in directory.phones:
        found[f"person {word}"] = Target("person", word)
    if directory.has_phone(word):
        found[f"phone {word}"] = Target("phone", word)
    if phone := directory.accounts.get(word):
        found[f"the SIP account of {phone}"] = Target("phone", phone)
    if person := directory.extensions.get(word):
        found[f"the extension of {person}"] = Target("person", person)
    if schemes and directory.schemes.get(word) is not None:
        found[f"scheme {word}"] = Target("scheme", word)
    return found


def _number(word: str, country: str) -> str:
    """``+E.164`` of a phone number, or "". Spaces, hyphens and ``(0)`` may follow the plus.

    Digits that begin with a zero are a national number of the project's country.
    """
    if word.startswith("+"):
        bare = SEPARATORS.sub("", TRUNK.sub("", word))
        return bare if E164.fullmatch(bare) and bare.isascii() else ""
    if not PHONE_DIGITS.fullmatch(word):
        return ""
    return _national(word, country) if word.startswith("0") else "+" + word


def _national(digits: str, country: str) -> str:
    number = forms.read(digits, country) if country else ""
    return number if E164.fullmatch(number) else ""


def _unknown(word: str) -> str:
    if PHONE_DIGITS.fullmatch(word):
        return f"{word} is a national number: write it with + and the country code"
    if word.isascii() and word.isdigit():
        return f"{_shown(word)} is neither a SIP account nor 10-15 digits of a phone number"
    return f"{_shown(word)} is not a known person, phone, SIP account, scheme or phone number"


def _shown(word: str) -> str:
    return ascii(word[:40])
