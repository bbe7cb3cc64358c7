"""Expected lengths and moments: ``18s`` with half a second of tolerance, or a range ``15s-20s``."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: FreeSWITCH starts and stops phones at about whole seconds.
ABOUT_MS = 500
_PART = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s|m|rings?)")
_UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000}


@dataclass(frozen=True)
class Span:
    """From ``low_ms`` to ``high_ms``, both included; ``text`` is what the author wrote."""

    low_ms: int
    high_ms: int
    text: str

    def holds(self, ms: int) -> bool:
        """Whether a length or a moment is in the range."""
        return self.low_ms <= ms <= self.high_ms

    def __str__(self) -> str:
        return self.text


def parse_span(value: object) -> Span:
    """A span from its text. Raises ValueError with a message for the author."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f"a time needs a unit: write `{value}s`")
    written = str(value).strip()
    low, dash, high = written.partition("-")
    first = _milliseconds(low, written)
    if not dash:
        return Span(first - ABOUT_MS, first + ABOUT_MS, written)
    last = _milliseconds(high, written)
    if last < first:
        raise ValueError(f"`{written}` ends before it begins")
    return Span(first, last, written)


def _milliseconds(part: str, written: str) -> int:
    found = _PART.fullmatch(part.strip())
    if not found:
        raise ValueError(f"`{written}` is not a time: write `18s`, `4 rings`, or `15s-20s` for anything between")
    if found[2].startswith("ring"):
        return round((5 * float(found[1]) - 2) * 1000)
    return round(float(found[1]) * _UNIT_MS[found[2]])
