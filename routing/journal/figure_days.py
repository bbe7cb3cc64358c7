"""The hours and days of prepared figures in a zone. Pure.

An hour of figures is an hour of the clock in the project's zone, so that days are whole hours also where the offset
from UTC has minutes. Where those minutes change in the year it is a quarter of an hour.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR_S, QUARTER_S = 3600, 900
#: The years whose offsets are looked at.
_YEARS = range(2020, 2038)


@dataclass(frozen=True, slots=True)
class FigureDay:
    """A day in a zone: its date, and its begin and end in seconds since the epoch."""

    date: date
    begin: int
    end: int
    zone: ZoneInfo


@functools.cache
def grid(zone: ZoneInfo) -> tuple[int, int]:
    """How long an hour of figures is, and how many seconds after a whole hour of UTC it begins."""
    months = (datetime(year, month, 1, tzinfo=UTC) for year in _YEARS for month in range(1, 13))
    minutes = {_offset_s(month, zone) % HOUR_S for month in months}
    return (HOUR_S, -minutes.pop() % HOUR_S) if len(minutes) == 1 else (QUARTER_S, 0)


def hour_of(at_s: float, zone: ZoneInfo) -> tuple[int, int]:
    """The begin and end of the hour of figures of a time."""
    width, phase = grid(zone)
    begin = int(at_s - phase) // width * width + phase
    return begin, begin + width


def day_of(at_s: float, zone: ZoneInfo) -> FigureDay:
    """The day of a time."""
    return day(datetime.fromtimestamp(at_s, zone).date(), zone)


def day(one: date, zone: ZoneInfo) -> FigureDay:
    """A day by its date."""
    return FigureDay(one, _midnight(one, zone), _midnight(one + timedelta(days=1), zone), zone)


def steady(begin: int, end: int, zone: ZoneInfo) -> list[tuple[int, int, int]]:
    """A time in parts of one offset from UTC each: begin, end, the offset in seconds."""
    found, at_s = list[tuple[int, int, int]](), begin
    while at_s < end:
        offset_s = _offset_at(at_s, zone)
        last = next((later for later in range(at_s, end, 86400) if _offset_at(later, zone) != offset_s), end)
        if _offset_at(last, zone) != offset_s:  # it changes within the day before
            quarters = range(max(last - 86400, at_s), last, QUARTER_S)
            last = next((each for each in quarters if _offset_at(each, zone) != offset_s), last)
        found.append((at_s, last, offset_s))
        at_s = last
    return found


def _offset_at(at_s: int, zone: ZoneInfo) -> int:
    return _offset_s(datetime.fromtimestamp(at_s, UTC), zone)


def _midnight(one: date, zone: ZoneInfo) -> int:
    """The first moment of a day: 01:00 where the clock skips midnight."""
    return int(datetime(one.year, one.month, one.day, tzinfo=zone).timestamp())


def _offset_s(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
