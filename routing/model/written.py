"""Telephone numbers in free text fields: several, with extensions, words and brackets. Pure.

``+380(0)67 123-45-67 ext. 12; 050 111 22 33 (home)`` is two numbers. Extensions and other kinds of numbers (contracts,
tax numbers) are skipped, whatever their digits.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

#: Most characters that are read of a field, and most numbers.
LONGEST, MOST = 256, 10
_TOKEN = re.compile(
    r"(?P<plus>\+)|(?P<trunk>\(\s*[08]\s*\))|(?P<digits>\d+)|(?P<word>[^\W\d_]+)|(?P<extension>[#*])"
    r"|(?P<end>[,;/|\\&\n\r<>]+)|(?P<space>\s+)|(?P<joint>[-.()'‐-―−·~:=\"\[\]])|(?P<other>.)",
    re.DOTALL,
)
#: Words after which digits are an extension or another kind of number: prefixes, and whole words.
_NO_NUMBER = tuple(
    "ext доб дод внутр внтр intern anex ramal durchw wewn toestel post тон tone догов contra заказ замов order инн іпн "
    "єдрпоу едрпоу passp паспорт account счет рахун invoice birth".split()
)
_NO_NUMBER_WHOLE = frozenset("x х вн int dw nst p w wew pin id vat nip inn iban код no nr №".split())
#: Labels of numbers.
_LABELS = frozenset(
    "tel telefon telephone phone ph t m mob mobile cell cellular home work office fax h o f c and or и і та и или або "
    "тел телефон т м моб мобильный мобільний раб робочий рабочий р дом домашний домашній д офис офіс факс ф viber "
    "whatsapp telegram wa tg sms callto sip handy mobil festnetz privat kom komórka".split()
)


@dataclass(frozen=True)
class Written:
    """One number of a field. ``parts``: its digits, split at spaces; ``is_international``: after a plus; ``is_bare``:
    no word before it marks it as something else."""

    parts: tuple[str, ...]
    is_international: bool = False
    is_bare: bool = True

    @property
    def digits(self) -> str:
        """All of its digits."""
        return "".join(self.parts)


class _Reading:
    """The state while a field is read."""

    def __init__(self) -> None:
        self.found: list[Written] = []
        self._begin()
        self._is_bare = True

    def token(self, kind: str, text: str) -> None:
        if kind == "digits" and not self._skips:
            self._parts[-1] += text
        elif kind == "trunk":
            self._trunk(text)
        elif kind == "plus":
            self._ended()
            self._begin(is_international=True)
        elif kind == "word":
            self._word(text.lower())
        elif kind == "extension":
            self._ended()
            self._begin(skips=True)
        elif kind in ("end", "other"):
            self._ended()
            self._begin()
            self._is_bare = True
        elif kind == "space" and self._parts[-1]:
            self._parts.append("")

    def done(self) -> list[Written]:
        self._ended()
        return self.found[:MOST]

    def _begin(self, is_international: bool = False, skips: bool = False) -> None:
        self._parts, self._is_international, self._skips = [""], is_international, skips

    def _ended(self) -> None:
        parts = tuple(filter(None, self._parts))
        if parts and not self._skips:
            self.found.append(Written(parts, self._is_international, self._is_bare))

    def _trunk(self, text: str) -> None:
        """``(0)`` after a country code is only dialled inside the country."""
        if not any(self._parts) and not self._skips:
            self._parts[-1] += re.sub(r"\D", "", text)

    def _word(self, word: str) -> None:
        self._ended()
        skips = word in _NO_NUMBER_WHOLE or word.startswith(_NO_NUMBER)
        self._is_bare = self._is_bare and word in _LABELS
        self._begin(skips=skips)


def numbers_in(field: object) -> list[Written]:
    """The numbers of a field, in order, at most `MOST`."""
    text = unicodedata.normalize("NFKC", str(field if field is not None else "")[:LONGEST])
    reading = _Reading()
    for token in _TOKEN.finditer("".join(sign for sign in text if unicodedata.category(sign) != "Cf")):
        reading.token(str(token.lastgroup), token[0])
    return reading.done()


@dataclass(frozen=True)
class NumberingPlan:
    """A number and its country: ``code`` plus ``significant`` are its digits; ``trunk``: the national prefix;
    ``lengths``: valid lengths of the country's numbers without the code."""

    code: str
    significant: str
    trunk: str
    lengths: frozenset[int]


@functools.lru_cache(maxsize=10_000)
def plan_of(e164: str) -> NumberingPlan | None:
    """The plan of a number (``+`` and digits); None without a country."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return None
    code = str(number.country_code)
    region = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(int(code))
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None) if region else None
    if metadata is None or metadata.general_desc is None:
        return NumberingPlan(code, e164[1 + len(code) :], "", frozenset())
    lengths = frozenset(metadata.general_desc.possible_length)
    return NumberingPlan(code, e164[1 + len(code) :], metadata.national_prefix or "", lengths)


@functools.lru_cache(maxsize=10_000)
def at_home(digits: str, country: str) -> str:
    """The E.164 form of digits as dialled inside a country; "" for no valid number there."""
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
