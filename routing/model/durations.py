"""Durations in schemes: ``20s``, ``2m``, ``1h``, ``30d``, ``3 rings``."""

from __future__ import annotations

import re

from routing.model import meant

_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_UNITS = re.compile(r"([0-9]{1,6})\s*([smhd])")
_RINGS = re.compile(r"([0-9]{1,3})\s*rings?")
#: The pattern of a duration for editors.
PATTERN = r"^\d+\s*([smhd]|rings?)$"
LONGEST_SECONDS = 400 * 86400


def parse_duration(text: object) -> int:
    """Whole seconds. A ring is 1 s of tone and 4 s of pause, the last pause is cut short: n rings = 5n-2 s.

    Raises ValueError with a message for the author.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        seconds = round(text) if 1 <= text <= LONGEST_SECONDS else 20
        raise ValueError(f"a duration needs a unit: write `{seconds}s`")
    word = str(text).strip()
    if match := _RINGS.fullmatch(word):
        seconds = 5 * int(match[1]) - 2
    elif match := _UNITS.fullmatch(word):
        seconds = int(match[1]) * _UNIT_SECONDS[match[2]]
    else:
        write = f"`{known}`" if (known := meant.length(word)) else "`20s`, `2m`, `1h`, `30d` or `3 rings`"
        what = "an empty value" if text is None else f"`{word}`"
        raise ValueError(f"{what} is not a duration: write {write}")
    if not 0 < seconds <= LONGEST_SECONDS:
        raise ValueError(f"`{word}` must be more than zero and at most 400 days")
    return seconds


def spoken(seconds: int) -> str:
    """A duration for readers: ``75`` is ``1 min 15 s``."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "0 s"


def written(seconds: int) -> str:
    """A duration in the form of schemes: ``90`` is ``90s``, ``120`` is ``2m``. `parse_duration` reads it back."""
    unit = next(unit for unit in "dhms" if seconds % _UNIT_SECONDS[unit] == 0)
    return f"{seconds // _UNIT_SECONDS[unit]}{unit}"
