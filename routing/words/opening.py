"""When a company opens, seen from a moment before: "сьогодні о чотирнадцятій", "w poniedziałek o dziesiątej"."""

from __future__ import annotations

from datetime import date

from routing.words.clock import HOUR_ZERO, at_time
from routing.words.dates import FIRST_YEAR, LAST_YEAR, day_and_month, full_date, on_weekday
from routing.words.grammar import Language, language_of

#: From so many days on the date is spoken: "on Monday" is one of the next six days.
DATED_DAYS = 7
#: From so many days on its year too.
YEAR_DAYS = 300
_TODAY: dict[Language, str] = {"uk": "сьогодні", "ru": "сегодня", "pl": "dziś", "en": "today"}
_TOMORROW: dict[Language, str] = {"uk": "завтра", "ru": "завтра", "pl": "jutro", "en": "tomorrow"}
_NOW: dict[Language, str] = {"uk": "зараз", "ru": "сейчас", "pl": "teraz", "en": "now"}
#: Somebody has closed by hand and has not said until when, or a calendar has no day left.
_LATER: dict[Language, str] = {"uk": "пізніше", "ru": "позже", "pl": "później", "en": "later"}
#: The midnight at the end of today, at which tomorrow's opening begins.
_TONIGHT: dict[Language, str] = {
    "uk": "сьогодні опівночі",
    "ru": "сегодня в полночь",
    "pl": "dziś o północy",
    "en": "tonight at midnight",
}


def now(language: str) -> str:
    """What is spoken of a company that is open at this moment. Raises ValueError."""
    return _NOW[language_of(language)]


def later(language: str) -> str:
    """What is spoken where nobody knows when it opens. Raises ValueError."""
    return _LATER[language_of(language)]


def opening(today: date, day: date, minute: int, language: str) -> str:
    """When it opens: a ``minute`` (0 to 1439) of a ``day``, spoken on ``today``, which is not later.

    From the seventh day on with the date, from the three-hundredth on with the year. Raises ValueError.
    """
    spoken = language_of(language)
    hour, rest = divmod(minute, 60)
    if (away := (day - today).days) < 0:
        raise ValueError(f"the opening {day} is before today, {today}")
    if away == 1 and not minute:
        return _TONIGHT[spoken]
    at = at_time(hour, rest, spoken) if minute or not away else HOUR_ZERO[spoken]
    if spoken == "en" and away and not minute:
        return f"{at} as {_dated(day, away, spoken).removeprefix('on ')} begins"
    return f"{_dated(day, away, spoken)} {at}"


def _dated(day: date, away: int, language: Language) -> str:
    if away < 2:
        return (_TOMORROW if away else _TODAY)[language]
    weekday = on_weekday(day.weekday(), language)
    if away < DATED_DAYS:
        return weekday
    with_year = away >= YEAR_DAYS and FIRST_YEAR <= day.year <= LAST_YEAR
    return f"{weekday}, {(full_date if with_year else day_and_month)(day, language)},"
