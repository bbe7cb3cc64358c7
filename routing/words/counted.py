"""A number with what it counts: "двадцять дві хвилини", "dwóch rozmówców", "one person"; and sums of money."""

from __future__ import annotations

from typing import get_args

from routing.words.cardinal import LARGEST, cardinal
from routing.words.grammar import Case, Gender, Language, in_range, language_of
from routing.words.nouns import MONEY, UNITS, Currency, Noun, Unit

UNIT_NAMES, CURRENCIES = get_args(Unit), get_args(Currency)


def counted(number: int, unit: str, language: str, case: Case = Case.NOMINATIVE) -> str:
    """0 to 999,999,999 of a `Unit`. Raises ValueError.

    Case is that of the phrase: "за дві хвилини" asks for the accusative, "около двух минут" for the genitive.
    """
    spoken = language_of(language)
    for known, noun in UNITS[spoken].items():
        if known == unit:
            return _counted(number, noun, spoken, case)
    raise ValueError(f"`{unit}` is not counted, only {', '.join(UNIT_NAMES)}")


def _counted(number: int, noun: Noun, language: Language, case: Case) -> str:
    if noun.living and case is Case.ACCUSATIVE and 2 <= number <= 4:
        case = Case.GENITIVE
    numeral = cardinal(number, language, case, noun.gender)
    if noun.gender is Gender.PERSONAL and case is Case.ACCUSATIVE and number != 1:
        case = Case.GENITIVE
    return f"{numeral} {noun.after(number, language, case)}"


def money(hundredths: int, currency: str, language: str) -> str:
    """A sum in a currency's hundredths, up to 999,999,999.99, in the nominative: "двадцять дві гривні п'ять копійок".

    Hundredths are left out where there are none, and the unit where there are only hundredths. Raises ValueError.
    """
    spoken = language_of(language)
    units, rest = divmod(in_range(hundredths, 0, LARGEST * 100 + 99, "sum"), 100)
    for known, nouns in MONEY[spoken].items():
        if known == currency:
            parts = [_counted(units, nouns[0], spoken, Case.NOMINATIVE)] if units or not rest else []
            parts += [_counted(rest, nouns[1], spoken, Case.NOMINATIVE)] if rest else []
            return (" and " if spoken == "en" else " ").join(parts)
    raise ValueError(f"`{currency}` is not a currency that is spoken, only {', '.join(CURRENCIES)}")
