"""Ranges as both systems write them: ``2-6``, ``1,3``, ``09:00-18:00``; a reversed range goes over the end."""

from __future__ import annotations

import re

from routing.model.calendar import DAY_MINUTES


def numbers_in(text: str, least: int, most: int) -> frozenset[int]:
    """The numbers of a list of ranges. Raises ValueError."""
    found: set[int] = set()
    plain = re.sub(r"^\^|\$$|[()\s]", "", text)  # `^(1|3|5)$`, as an expression
    if not re.fullmatch(r"[0-9,&|-]+", plain):
        raise ValueError(text)
    for part in re.split(r"[,&|]", plain):
        first, dash, last = part.strip().partition("-")
        start, end = int(first), int(last if dash else first)
        if not least <= start <= most or not least <= end <= most:
            raise ValueError(text)
        found |= set(range(start, end + 1)) if start <= end else {*range(start, most + 1), *range(least, end + 1)}
    return frozenset(found)


def clock_minutes(text: str) -> tuple[tuple[int, int], ...]:
    """``09:00-18:00`` as minutes of the day, the end excluded; 17:59 and 23:59 are full hours. Raises ValueError."""
    pieces: list[tuple[int, int]] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start = _minute(first)
        end = _minute(last) if dash else start + 1
        end += dash != "" and end % 60 in (14, 29, 44, 59)
        if start < end:
            pieces.append((start, end))
        else:
            pieces += [piece for piece in ((0, end), (start, DAY_MINUTES)) if piece[0] < piece[1]]
    return tuple(sorted(pieces))


def _minute(text: str) -> int:
    found = re.fullmatch(r"(\d\d?):(\d\d)(?::\d\d)?", text.strip(), re.ASCII)
    if not found or int(found[1]) > 24 or int(found[2]) > 59 or int(found[1]) * 60 + int(found[2]) > DAY_MINUTES:
        raise ValueError(text)
    return int(found[1]) * 60 + int(found[2])
