"""Numbers as somebody may see them: written as in the project's country, or masked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from phonenumbers import NumberParseException

from routing.model.numbers import shown

_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
#: A number in a text: seven digits or more, with what people write between them.
_IN_TEXT = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){6,14}", re.ASCII)
_HIDDEN = "\N{BULLET}" * 5


@dataclass(frozen=True)
class NumberView:
    """``country``: whose numbers are written nationally; ``own``: the company's numbers, which nobody masks."""

    country: str
    is_masked: bool = False
    own: frozenset[str] = frozenset()

    def whole(self, number: str) -> str:
        """E.164, masked where it must be; other text as it is."""
        if not self.is_masked or number in self.own:
            return number
        return self.text(number)

    def shown(self, number: str) -> str:
        """As people write it."""
        if self.is_masked and number not in self.own:
            return self.text(number)
        if not _E164.fullmatch(number):
            return number
        try:
            return shown(number, self.country or None)
        except NumberParseException:
            return number

    def text(self, text: str) -> str:
        """A text with its numbers masked where they must be: the first digits tell the country, the last two stay."""
        if not self.is_masked:
            return text
        return _IN_TEXT.sub(lambda found: found[0] if found[0] in self.own else _masked(found[0]), text)

    def texts(self, values: Mapping[str, str]) -> dict[str, str]:
        """Facts by name, masked where they must be."""
        return {name: self.text(str(value)) for name, value in values.items()}


def _masked(number: str) -> str:
    digits = re.sub(r"[^\d+]", "", number)
    return f"{digits[:4]}{_HIDDEN}{digits[-2:]}"
