"""Sets of minutes of a week as an integer, one bit per minute from Monday 00:00, combined by `&`, `|` and `~`."""

from __future__ import annotations

from collections.abc import Iterator

from routing.model.calendar import DAY_MINUTES, DAYS, Calendar
from routing.model.regions import offset_minutes

MINUTES = 7 * DAY_MINUTES
FULL = (1 << MINUTES) - 1


def open_minutes(calendar: Calendar) -> int:
    """The minutes when a calendar is open in a normal week, in UTC by the zone's standard time."""
    minutes = 0
    for weekday, periods in enumerate(calendar.weekly):
        for period in periods:
            bits = (1 << (period.end - period.start)) - 1
            minutes |= _turned(bits, weekday * DAY_MINUTES + period.start)
    return _turned(minutes, -offset_minutes(calendar.timezone))


def spoken(minutes: int, zone: str) -> str:
    """Minutes of UTC as text in a zone's local time: ``mon-fri 18:00-21:00, sun all day``."""
    local = _turned(minutes, offset_minutes(zone))
    days = [_spans((local >> day * DAY_MINUTES) & ((1 << DAY_MINUTES) - 1)) for day in range(7)]
    return ", ".join(f"{_days(first, last)} {days[first]}" for first, last in _runs(days) if days[first])


def _turned(minutes: int, by: int) -> int:
    by %= MINUTES
    return ((minutes << by) | (minutes >> (MINUTES - by))) & FULL


def _spans(day: int) -> str:
    if day == (1 << DAY_MINUTES) - 1:
        return "all day"
    spans, start = [], None
    for minute in range(DAY_MINUTES + 1):
        here = bool(day >> minute & 1)
        if here and start is None:
            start = minute
        elif not here and start is not None:
            spans.append(f"{_clock(start)}-{_clock(minute)}")
            start = None
    return " and ".join(spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _runs(days: list[str]) -> Iterator[tuple[int, int]]:
    """Runs of equal consecutive days: first and last."""
    first = 0
    for day in range(1, 8):
        if day == 7 or days[day] != days[first]:
            yield first, day - 1
            first = day


def _days(first: int, last: int) -> str:
    return DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"
