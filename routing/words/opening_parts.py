"""Openings and times as several sounds, where nobody could foresee them: the day, the hour, the minutes."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from typing import NamedTuple

from routing.words.clock import at_hour, at_hour_and, hour_and, minutes_after, minutes_of, time_of_day
from routing.words.opening import Opening, Seen, day_phrase


class Piece(Enum):
    """What one of the sounds says: a day, a full hour, or an hour and then its minutes.

    Those of an opening answer "when?", those of ``TIME_...`` "what time is it?".
    """

    DAY = auto()
    FULL_HOUR = auto()
    HOUR = auto()
    MINUTES_BEFORE_NOON = auto()
    MINUTES_AFTER_NOON = auto()
    TIME_FULL_HOUR = auto()
    TIME_HOUR = auto()
    TIME_MINUTES_BEFORE_NOON = auto()
    TIME_MINUTES_AFTER_NOON = auto()


class OpeningPart(NamedTuple):
    """``number``: the hour, the minutes, or the day of the week, 0 for Monday; ``seen``: how a day is named."""

    piece: Piece
    number: int = 0
    seen: Seen = Seen.LATER


def part_phrase(part: OpeningPart, language: str) -> str:
    """A part in words. Raises ValueError."""
    if part.piece is Piece.DAY:
        return day_phrase(Opening(part.seen, weekday=part.number), language)
    return _TIMES[part.piece](part.number, language)


_TIMES: dict[Piece, Callable[[int, str], str]] = {
    Piece.FULL_HOUR: at_hour,
    Piece.HOUR: at_hour_and,
    Piece.MINUTES_BEFORE_NOON: minutes_after,
    Piece.MINUTES_AFTER_NOON: partial(minutes_after, is_afternoon=True),
    Piece.TIME_FULL_HOUR: lambda hour, language: time_of_day(hour, 0, language),
    Piece.TIME_HOUR: hour_and,
    Piece.TIME_MINUTES_BEFORE_NOON: minutes_of,
    Piece.TIME_MINUTES_AFTER_NOON: partial(minutes_of, is_afternoon=True),
}
