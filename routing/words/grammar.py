"""The languages, and what of their grammar a phrase can ask for: cases, genders, the plural after a number."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

Language = Literal["uk", "ru", "pl", "en"]
LANGUAGES: tuple[Language, ...] = ("uk", "ru", "pl", "en")


class Case(StrEnum):
    """The cases that phrases use: "five minutes", "about (genitive) five minutes", "in (accusative) five minutes"."""

    NOMINATIVE = "nominative"
    GENITIVE = "genitive"
    ACCUSATIVE = "accusative"


class Gender(StrEnum):
    """Genders that numerals agree with; ``PERSONAL`` is the Polish masculine of people, elsewhere ``ANIMATE``."""

    MASCULINE = "masculine"
    ANIMATE = "animate"
    PERSONAL = "personal"
    FEMININE = "feminine"
    NEUTER = "neuter"


class Plural(StrEnum):
    """The form of a noun that a number asks for, as Unicode's CLDR names it."""

    ONE = "one"
    FEW = "few"
    MANY = "many"


def language_of(name: str) -> Language:
    """A language by its ISO 639 code. Raises ValueError for one without tables."""
    if name not in LANGUAGES:
        raise ValueError(f"numbers and times are not spoken in `{name}`, only in {', '.join(LANGUAGES)}")
    return name


def plural(number: int, language: Language) -> Plural:
    """The form of a noun after a whole number: 1 хвилина, 2 хвилини, 5 хвилин; 21 хвилина, but 21 minut."""
    if number == 1:
        return Plural.ONE
    if language == "en":
        return Plural.MANY
    if number % 10 == 1 and number % 100 != 11 and language != "pl":
        return Plural.ONE
    return Plural.FEW if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else Plural.MANY


def in_range(value: int, first: int, last: int, what: str) -> int:
    """The value itself. Raises ValueError for one out of the range, both ends included."""
    if not first <= value <= last:
        raise ValueError(f"{what} {value} is not between {first} and {last}")
    return value
