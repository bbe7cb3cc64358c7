"""A caller's number as CRMs store it: the forms to search for, and the comparison after every hit.

Search endpoints over-match (tokens, full text, the same digits in another country), so nothing is believed until its
digits are compared here. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from routing.model.decision import E164
from routing.model.numbers import national_digits

#: A stored number without its country code is compared by this many last digits.
COMPARED_DIGITS = 9
#: Longest number written without a country code; what is longer holds one, unless a trunk prefix comes first.
LONGEST_NATIONAL = 10
#: Former Soviet countries dial 8 before a number of ten digits.
TRUNK_8 = re.compile(r"8\d{10}")


@dataclass(frozen=True)
class Phone:
    """``e164``: ``+380671234567``; ``national``: ``0671234567``, as dialled inside the country."""

    e164: str
    national: str

    @classmethod
    def of(cls, caller: str) -> Phone | None:
        """The caller's number; None for an anonymous caller."""
        if not E164.fullmatch(caller):
            return None
        try:
            national = national_digits(caller)
        except ValueError:
            national = ""
        return cls(caller, national or caller[1:])

    @property
    def digits(self) -> str:
        """``380671234567``."""
        return self.e164[1:]

    @property
    def significant(self) -> str:
        """``671234567``: the number without country code and trunk zero."""
        return self.national.lstrip("0") or self.digits

    @property
    def tail(self) -> str:
        """The last digits that are compared, and searched for where a search matches parts."""
        return self.significant[-COMPARED_DIGITS:]

    @property
    def variants(self) -> tuple[str, ...]:
        """The forms to search for, in this order, none twice."""
        return tuple(dict.fromkeys((self.e164, self.digits, self.national, self.significant)))

    def same(self, stored: object) -> bool:
        """Whether a stored number, however written, is this one.

        With a country code (``+``, ``00``, or too long to be national) every digit counts: ``+48 671 234 567`` is
        not ``+380671234567``. Without one the last nine digits do, or all of a shorter national number.
        """
        text = str(stored or "").strip()
        digits = re.sub(r"\D", "", text.partition(";")[0])
        if not digits:
            return False
        if text.startswith("+"):
            return digits == self.digits
        if digits.startswith("00"):
            return digits[2:] == self.digits
        if len(digits) > LONGEST_NATIONAL and digits[0] != "0" and not TRUNK_8.fullmatch(digits):
            return digits == self.digits
        return digits[-len(self.tail) :] == self.tail

    def among(self, stored: Iterable[object]) -> bool:
        """Whether one of the stored numbers is this one."""
        return any(self.same(each) for each in stored)
