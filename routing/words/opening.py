"""When a company opens, seen from a day: "сьогодні о чотирнадцятій", "w poniedziałek o dziesiątej"."""

from __future__ import annotations

from datetime import date
from enum import Enum, auto
from typing import NamedTuple

from routing.words.clock import HOUR_ZERO, at_time
from routing.words.dates import FIRST_YEAR, LAST_YEAR, day_and_month, full_date, next_weekday, on_weekday
from routing.words.grammar import Language, language_of

#: From so many days on an opening has its year.
YEAR_DAYS = 300
_WEEK = 7


class Seen(Enum):
    """How an opening is named: nearer ones by the day, farther ones by the date."""

    NOW = auto()
    #: Somebody has closed by hand until further notice, or a calendar has no day left.
    LATER = auto()
    TODAY = auto()
    TOMORROW = auto()
    #: One of the days after tomorrow, up to six days away.
    WEEKDAY = auto()
    #: The day of the week that today is, in seven days.
    NEXT_WEEKDAY = auto()
    DATE = auto()
    DATE_AND_YEAR = auto()


class Opening(NamedTuple):
    """What a phrase needs to know. ``minute`` of its day, 0 to 1439; ``weekday``: 0 is Monday; ``day`` of far ones."""

    seen: Seen
    minute: int = 0
    weekday: int = 0
    day: date | None = None


NOW, LATER = Opening(Seen.NOW), Opening(Seen.LATER)
_DAYS: dict[Seen, dict[Language, str]] = {
    Seen.NOW: {"uk": "зараз", "ru": "сейчас", "pl": "teraz", "en": "now"},
    Seen.LATER: {"uk": "пізніше", "ru": "позже", "pl": "później", "en": "later"},
    Seen.TODAY: {"uk": "сьогодні", "ru": "сегодня", "pl": "dziś", "en": "today"},
    Seen.TOMORROW: {"uk": "завтра", "ru": "завтра", "pl": "jutro", "en": "tomorrow"},
}
#: The midnight at the end of today, at which tomorrow's opening begins.
_TONIGHT: dict[Language, str] = {
    "uk": "сьогодні опівночі",
    "ru": "сегодня в полночь",
    "pl": "dziś o północy",
    "en": "tonight at midnight",
}


def seen_from(today: date, day: date, minute: int) -> Opening:
    """An opening at a ``minute`` of a ``day``, seen from ``today``. Raises ValueError for a day before it."""
    if (away := (day - today).days) < 0:
        raise ValueError(f"the opening {day} is before today, {today}")
    if away < 2:
        return Opening(Seen.TOMORROW if away else Seen.TODAY, minute)
    if away <= _WEEK:
        return Opening(Seen.WEEKDAY if away < _WEEK else Seen.NEXT_WEEKDAY, minute, day.weekday())
    is_far = away >= YEAR_DAYS and FIRST_YEAR <= day.year <= LAST_YEAR
    return Opening(Seen.DATE_AND_YEAR if is_far else Seen.DATE, minute, day.weekday(), day)


def phrase(opening: Opening, language: str) -> str:
    """An opening in words. Raises ValueError."""
    spoken, day = language_of(language), day_phrase(opening, language)
    if opening.seen in (Seen.NOW, Seen.LATER):
        return day
    if opening.minute:
        return f"{day} {at_time(*divmod(opening.minute, 60), spoken)}"
    if opening.seen is Seen.TOMORROW:
        return _TONIGHT[spoken]
    if spoken == "en" and opening.seen is not Seen.TODAY:
        return f"{HOUR_ZERO[spoken]} as {day.removeprefix('on ')} begins"
    return f"{day} {HOUR_ZERO[spoken]}"


def day_phrase(opening: Opening, language: str) -> str:
    """The day of an opening without its time. Raises ValueError."""
    spoken = language_of(language)
    if opening.seen in _DAYS:
        return _DAYS[opening.seen][spoken]
    if opening.seen is Seen.NEXT_WEEKDAY:
        return next_weekday(opening.weekday, spoken)
    weekday = on_weekday(opening.weekday, spoken)
    if opening.day is None:
        return weekday
    dated = full_date if opening.seen is Seen.DATE_AND_YEAR else day_and_month
    return f"{weekday}, {dated(opening.day, spoken)},"
