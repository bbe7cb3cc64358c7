"""A caller's number as CRMs store it: the forms to search for, and the comparison with every result.

Searches match too much (tokens, full text, the same digits in another country), so the digits of every result are
compared here. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice

from routing.model.decision import E164
from routing.model.numbers import national_digits
from routing.model.written import NumberingPlan, Written, at_home, numbers_in, plan_of

#: A search for part of a number uses this many last digits.
COMPARED_DIGITS = 9
#: Most numbers of one record that are compared.
MOST_NUMBERS = 20
#: International prefixes.
ABROAD = ("00", "011", "0011", "810")
#: Country codes of countries where people still write 8 before a number.
SOVIET = frozenset(("7", "370", "371", "372", "373", "374", "375", "380", "992", "993", "994", "995", "996", "998"))


@dataclass(frozen=True)
class CallerNumber:
    """``e164``: ``+380671234567``; ``national``: ``0671234567``, as dialled inside the country; ``home``: the project's
    country (ISO code), to which numbers without a country code belong first; "" when it is not set."""

    e164: str
    national: str
    home: str = ""

    @classmethod
    def of(cls, caller: str, home: str = "") -> CallerNumber | None:
        """The caller's number; None for an anonymous caller."""
        if not E164.fullmatch(caller):
            return None
        try:
            national = national_digits(caller)
        except ValueError:
            national = ""
        return cls(caller, national or caller[1:], home)

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
        """The last digits, for comparison and for searches that match parts of a number."""
        return self.significant[-COMPARED_DIGITS:]

    @property
    def variants(self) -> tuple[str, ...]:
        """The forms to search for, in this order, without duplicates."""
        return tuple(dict.fromkeys((self.e164, self.digits, self.national, self.significant)))

    def same(self, stored: object) -> bool:
        """Whether a stored field in any notation holds this number, also among others, with an extension or text.

        With a country code (``+``, ``00``) every digit counts: ``+48 671 234 567`` is not ``+380671234567``. Without
        one it must be the caller's national number, and no number of the project's own country.
        """
        return any(self._is(each) for each in numbers_in(stored))

    def among(self, stored: Iterable[object]) -> bool:
        """Whether one of the stored numbers is this one; compares at most `MOST_NUMBERS`."""
        return any(self.same(each) for each in islice(stored, MOST_NUMBERS))

    def _is(self, written: Written) -> bool:
        forms = self._abroad if written.is_international else self._all if written.is_bare else self._domestic
        if written.digits in forms:
            return True
        if len(written.parts) == 1 or self._may_be(written):
            return False
        # an extension or another number after a space makes the whole text too long to be one number
        later = (part for part in written.parts[1:] if len(part) >= COMPARED_DIGITS)
        return any(each in forms for each in accumulate(written.parts)) or any(each in self._domestic for each in later)

    @cached_property
    def _plan(self) -> NumberingPlan:
        return plan_of(self.e164) or NumberingPlan("", self.digits, "", frozenset())

    @cached_property
    def _abroad(self) -> frozenset[str]:
        """Forms after a plus; people also write the trunk zero: ``+380 (067) ...``."""
        plan = self._plan
        return frozenset((self.digits, plan.code + plan.trunk + plan.significant if plan.trunk == "0" else self.digits))

    @cached_property
    def _domestic(self) -> frozenset[str]:
        """Forms without a plus whose prefix shows that they are numbers of this country."""
        plan = self._plan
        dialled = {prefix + digits for prefix in ABROAD for digits in self._abroad}
        inside = {self.digits, plan.trunk + plan.significant, self.national} - {plan.significant}
        if plan.code in SOVIET:
            inside |= {"8" + plan.significant, "8" + self.national}
        return frozenset(dialled | {digits for digits in inside if self._is_mine(digits)})

    @cached_property
    def _all(self) -> frozenset[str]:
        bare = {self._plan.significant, self.significant}
        return self._domestic | {digits for digits in bare if self._is_mine(digits)}

    def _is_mine(self, digits: str) -> bool:
        """Whether digits without a plus are not another number of the project's own country."""
        return not self.home or at_home(digits, self.home) in ("", self.e164)

    def _may_be(self, written: Written) -> bool:
        """Whether the whole text has the length of a number of the caller's country."""
        plan, digits = self._plan, written.digits
        if written.is_international or digits.startswith((*ABROAD, plan.code)):
            bare = digits.partition(plan.code)[2]
            return len(bare) in plan.lengths or len(bare.removeprefix(plan.trunk)) in plan.lengths
        return len(digits) in plan.lengths or len(digits.removeprefix(plan.trunk)) in plan.lengths
