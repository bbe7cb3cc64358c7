"""What calendars say of the next days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.model.calendar import Calendar, Period

#: Days that a page shows.
COMING_DAYS = 30
#: Minutes.
_DAY = 24 * 60


@dataclass(frozen=True)
class CalendarDay:
    """A day: its periods as ``09:00–18:00``; ``is_special``: another one than its weekday usually has."""

    day: date
    periods: tuple[str, ...]
    is_holiday: bool
    is_special: bool


def coming_days(calendar: Calendar, now: datetime, days: int = COMING_DAYS) -> Sequence[CalendarDay]:
    """The next days, today first, in the calendar's zone."""
    today = now.astimezone(ZoneInfo(calendar.timezone)).date()
    return [_day(calendar, today + timedelta(days=number)) for number in range(days)]


def _day(calendar: Calendar, day: date) -> CalendarDay:
    is_holiday = day in calendar.holidays and day not in calendar.days
    periods = () if is_holiday else calendar.days.get(day, calendar.weekly[day.weekday()])
    return CalendarDay(day, tuple(map(_shown, periods)), is_holiday, is_holiday or day in calendar.days)


def _shown(period: Period) -> str:
    return f"{_clock(period.start)}–{_clock(period.end)}"


def _clock(minute: int) -> str:
    """``09:00``; a period that ends after midnight ends at ``02:00``, one that ends at midnight at ``24:00``."""
    minute = minute if minute <= _DAY else minute - _DAY
    return f"{minute // 60:02}:{minute % 60:02}"
