"""Whole numbers: "двадцять дві", "двадцати двух", "dwudziestu dwóch", "twenty-two"."""

from __future__ import annotations

from collections.abc import Iterator

from routing.words.grammar import Case, Gender, Language, in_range, language_of
from routing.words.numerals import NUMERALS, Numerals

LARGEST = 999_999_999


def cardinal(number: int, language: str, case: Case = Case.NOMINATIVE, gender: Gender = Gender.MASCULINE) -> str:
    """A whole number, 0 to 999,999,999, in a case and in the gender of what it counts. Raises ValueError.

    1000 is "тисяча" and "tysiąc", without a one, but 1,001,000 is "мільйон одна тисяча". English has the
    British "and" ("one hundred and one").
    """
    spoken = language_of(language)
    in_range(number, 0, LARGEST, "number")
    return _english(number) if spoken == "en" else " ".join(_slavic(number, spoken, case, gender))


def _slavic(number: int, language: Language, case: Case, gender: Gender) -> Iterator[str]:
    table = NUMERALS[language]
    millions, thousands, rest = number // 1_000_000, number // 1000 % 1000, number % 1000
    for count, scale, leads in ((millions, table.million, True), (thousands, table.thousand, not millions)):
        if count:
            if count > 1 or not (leads or language == "pl"):
                yield from _hundreds(count, count, language, case, scale.gender)
            yield scale.after(count, language, case)
    if rest or not number:
        yield from _hundreds(rest, number, language, case, gender)


def _hundreds(number: int, whole: int, language: Language, case: Case, gender: Gender) -> Iterator[str]:
    """0 to 999, the end of a ``whole`` number."""
    table = NUMERALS[language]
    if gender is Gender.PERSONAL and (whole > 1 or case is Case.ACCUSATIVE):
        case = Case.GENITIVE  # dwóch, stu dwudziestu rozmówców
    genitive = int(case is Case.GENITIVE)
    hundreds, tens, low = number // 100, number // 10 % 10, number % 10
    if hundreds:
        yield table.hundreds[genitive][hundreds - 1]
    if tens > 1:
        yield table.tens[genitive][tens - 2]
    else:
        low += 10 * tens
    if low or not whole:
        uninflected = language == "pl" and low == 1 and whole > 1  # dwadzieścia jeden, dwudziestu jeden
        yield table.low[0][1] if uninflected else _agreeing(table, low, case, gender)


def _agreeing(table: Numerals, low: int, case: Case, gender: Gender) -> str:
    return table.agreeing.get((case, gender, low)) or table.low[int(case is Case.GENITIVE)][low]


def _english(number: int) -> str:
    table, parts = NUMERALS["en"], []
    for count, scale in ((number // 1_000_000, "million"), (number // 1000 % 1000, "thousand")):
        if count:
            parts.append(f"{_english(count)} {scale}")
    hundreds, small = number // 100 % 10, number % 100
    if hundreds:
        parts.append(table.hundreds[0][hundreds - 1])
    if small or not parts:
        tens, low = divmod(small, 10)
        below = (
            table.low[0][small] if small < 20 else table.tens[0][tens - 2] + (f"-{table.low[0][low]}" if low else "")
        )
        parts += ["and", below] if parts else [below]
    return " ".join(parts)
