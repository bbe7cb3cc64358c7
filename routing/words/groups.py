"""Telephone and order numbers, digit by digit or in groups, as people dictate them."""

from __future__ import annotations

import re

from routing.words.cardinal import cardinal
from routing.words.grammar import Language, in_range, language_of

MOST_DIGITS = 32
_PLUS: dict[Language, str] = {"uk": "плюс", "ru": "плюс", "pl": "plus", "en": "plus"}
_DIGITS = re.compile(r"[0-9]+")
#: Numbers of Ukraine and Poland as people write them: the country's code, then the groups.
_SHAPES = (
    re.compile(r"\+(380)(\d\d)(\d{3})(\d\d)(\d\d)"),
    re.compile(r"(0\d\d)(\d{3})(\d\d)(\d\d)"),
    re.compile(r"\+(48)(\d{3})(\d{3})(\d{3})"),
)


def order_number(digits: str, language: str) -> str:
    """1 to 32 digits in pairs, separated by commas, zeros at a pair's beginning one by one. Raises ValueError.

    An odd digit comes first ("один, двадцять, нуль п'ять"), so that no pause must be heard to write it down; three
    digits are one number.
    """
    _check(digits, "an order number")
    return _spoken(_groups(digits), language_of(language))


def phone_number(number: str, language: str) -> str:
    """A telephone number of 1 to 32 digits, with or without ``+``, in the groups of its country. Raises ValueError."""
    digits = number.removeprefix("+")
    _check(digits, "a telephone number")
    spoken, shaped = language_of(language), [shape.fullmatch(number) for shape in _SHAPES]
    groups = next((list(found.groups()) for found in shaped if found), None) or _groups(digits)
    plus = f"{_PLUS[spoken]} " if number.startswith("+") else ""
    return plus + _spoken(groups, spoken)


def _check(digits: str, what: str) -> None:
    if not _DIGITS.fullmatch(digits):
        raise ValueError(f"`{digits}` is not {what}: digits only")
    in_range(len(digits), 1, MOST_DIGITS, f"length of {what}")


def _groups(digits: str) -> list[str]:
    if len(digits) == 3:
        return [digits]
    odd = len(digits) % 2
    return [digits[:odd]] * odd + [digits[place : place + 2] for place in range(odd, len(digits), 2)]


def _spoken(groups: list[str], language: Language) -> str:
    return ", ".join(_group(group, language) for group in groups)


def _group(digits: str, language: Language) -> str:
    """ "05": нуль п'ять; "200": два нуль нуль, because "двісті, двадцять" may be heard as 220. English is spoken digit
    by digit, as callers dictate."""
    if language == "en" or digits.endswith("00"):
        return " ".join(cardinal(int(digit), language) for digit in digits)
    rest = digits.lstrip("0")
    zeros = [cardinal(0, language)] * (len(digits) - len(rest))
    return " ".join([*zeros, *([cardinal(int(rest), language)] if rest else [])])
