"""An opening as two sounds, for days and times that nobody could foresee: its day, then its time."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from routing.words.clock import at_hour, at_hour_and, minutes_after
from routing.words.opening import Opening, Seen, day_phrase


class Piece(Enum):
    """What one of the sounds says: a day, a full hour, or an hour and then its minutes."""

    DAY = auto()
    FULL_HOUR = auto()
    HOUR = auto()
    MINUTES_BEFORE_NOON = auto()
    MINUTES_AFTER_NOON = auto()


class OpeningPart(NamedTuple):
    """``number``: the hour, the minutes, or the day of the week, 0 for Monday; ``seen``: how a day is named."""

    piece: Piece
    number: int = 0
    seen: Seen = Seen.LATER


def part_phrase(part: OpeningPart, language: str) -> str:
    """A part in words. Raises ValueError."""
    if part.piece is Piece.DAY:
        return day_phrase(Opening(part.seen, weekday=part.number), language)
    if part.piece is Piece.FULL_HOUR:
        return at_hour(part.number, language)
    if part.piece is Piece.HOUR:
        return at_hour_and(part.number, language)
    return minutes_after(part.number, language, part.piece is Piece.MINUTES_AFTER_NOON)
