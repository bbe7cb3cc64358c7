"""When a calendar opens next, for every minute of every day: a table by days of the week, and the days that differ.

A day differs because it, or a day soon after, is a holiday, a single day, or one on which clocks change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from routing.model.calendar import DAY_MINUTES, HOLIDAY_YEARS, Calendar
from routing.model.openings import edges, moment_of
from routing.words.opening import LATER, Opening, seen_from

#: A usual week shows its next opening within so many days.
_WEEK_DAYS = 7
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


class DaySpan(NamedTuple):
    """Minutes of a day, ``last`` included, and what is spoken in them. ``offset_hours``: of the zone from UTC, on a day
    whose clocks show an hour twice."""

    first: int
    last: int
    opening: Opening
    offset_hours: int | None = None


Spans = tuple[DaySpan, ...]


class OpeningDays:
    """The tables of one calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._usual = Calendar(calendar.name, calendar.timezone, calendar.weekly)
        self._starts: dict[date, tuple[int, ...]] = {}
        self._following: dict[date, tuple[date, int] | None] = {}
        changes = _clock_changes(calendar.timezone)
        special = calendar.days.keys() | calendar.holidays
        near = special | {day + _DAY for day in special} | changes
        self._changing = {day for day in changes if self._is_odd(day)}
        self._special = sorted(day for day in near if day in self._changing or self._differs(day))
        self._last = max(self._special, default=date.min)

    def week(self) -> tuple[Spans, ...]:
        """A usual week, Monday first."""
        return tuple(self._usual_spans(weekday) for weekday in range(7))

    def unusual(self) -> Iterator[tuple[date, Spans]]:
        """The days on which something else is spoken than on the same day of a usual week, in their order."""
        for day in self._candidates():
            if (spans := self._spans(day)) != self._usual_spans(day.weekday()):
                yield day, spans

    def _candidates(self) -> list[date]:
        if not self._special:
            return []
        if not any(self._calendar.weekly):
            first = date(HOLIDAY_YEARS[0], 1, 1)
            return [first + n * _DAY for n in range((self._last - first).days + 1)]
        return sorted({day - n * _DAY for day in self._special for n in range(_WEEK_DAYS + 1)})

    def _differs(self, day: date) -> bool:
        return self._calendar.openings(day) != self._usual.openings(day)

    def _is_odd(self, day: date) -> bool:
        """Whether clocks that change on this day change when it opens."""
        by_clock = self._calendar.openings(day)
        moments = [moment_of(day, minute, self._calendar.timezone) for minute in by_clock]
        return _real_openings(self._calendar, day) != moments or self._local_openings(day) != by_clock

    def _usual_spans(self, weekday: int) -> Spans:
        monday = date(2001, 1, 1)
        day = monday + weekday * _DAY
        coming = ((day + n * _DAY, minute) for n in range(1, 8) for minute in self._usual.openings(day + n * _DAY))
        return _by_clock(day, self._usual.openings(day), next(coming, None))

    def _spans(self, day: date) -> Spans:
        if day in self._changing:
            return self._by_moment(day)
        return _by_clock(day, self._starts_of(day), self._after(day))

    def _starts_of(self, day: date) -> tuple[int, ...]:
        if day not in self._starts:
            self._starts[day] = self._local_openings(day) if day in self._changing else self._calendar.openings(day)
        return self._starts[day]

    def _local_openings(self, day: date) -> tuple[int, ...]:
        zone = ZoneInfo(self._calendar.timezone)
        return tuple(_minute(moment.astimezone(zone)) for moment in _real_openings(self._calendar, day))

    def _after(self, day: date) -> tuple[date, int] | None:
        """The first opening on a later day."""
        passed, found = [day], None
        while True:
            following = passed[-1] + _DAY
            if starts := self._starts_of(following):
                found = (following, starts[0])
            elif following in self._following:
                found = self._following[following]
            elif following <= self._last + (_WEEK_DAYS + 1) * _DAY:
                passed.append(following)
                continue
            self._following |= dict.fromkeys(passed, found)
            return found

    def _by_moment(self, day: date) -> Spans:
        """The spans of a day on which clocks change: cut where they do, and told apart by the offset from UTC."""
        zone = ZoneInfo(self._calendar.timezone)
        bounds = [moment_of(day, 0, zone.key), moment_of(day + _DAY, 0, zone.key)]
        openings, change = _real_openings(self._calendar, day), _change(zone, *bounds)
        spans = []
        for start, end in pairwise(sorted({*bounds, change, *openings})):
            opens = next((moment for moment in openings if moment > start), None)
            local = opens.astimezone(zone) if opens else None
            coming = (day, _minute(local)) if local else self._after(day)
            opening = seen_from(day, *coming) if coming else LATER
            first, last = start.astimezone(zone), (end - _MINUTE).astimezone(zone)
            spans.append(DaySpan(_minute(first), _minute(last), opening, _offset_hours(first)))
        return tuple(spans)


def _by_clock(day: date, starts: Sequence[int], coming: tuple[date, int] | None) -> Spans:
    today = [Opening(seen_from(day, day, start).seen, start) for start in starts]
    last = seen_from(day, *coming) if coming else LATER
    ends = [*starts, DAY_MINUTES]
    spans = (
        DaySpan(first, end - 1, opening)
        for (first, end), opening in zip(pairwise([0, *ends]), [*today, last], strict=True)
    )
    return tuple(span for span in spans if span.first <= span.last)


def _real_openings(calendar: Calendar, day: date) -> list[datetime]:
    """The moments of a day at which it opens, in UTC."""
    return [
        moment
        for moment in edges(calendar, day)
        if calendar.status(moment) == "open" and calendar.status(moment - _MINUTE) != "open"
    ]


@lru_cache(maxsize=64)
def _clock_changes(timezone: str) -> frozenset[date]:
    zone = ZoneInfo(timezone)
    first, last = date(HOLIDAY_YEARS[0], 1, 1), date(HOLIDAY_YEARS[-1], 12, 31)
    days = [first + n * _DAY for n in range((last - first).days + 2)]
    offsets = [datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset() for day in days]
    return frozenset(day for day, (one, other) in zip(days, pairwise(offsets), strict=False) if one != other)


def _change(zone: ZoneInfo, start: datetime, end: datetime) -> datetime:
    """The first minute of the new offset between two moments."""
    before = start.astimezone(zone).utcoffset()
    while end - start > _MINUTE:
        middle = start + (end - start) // 2
        middle = middle.replace(second=0, microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            start = middle
        else:
            end = middle
    return end


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def _offset_hours(moment: datetime) -> int:
    """Whole hours from UTC, towards zero as FreeSWITCH counts them."""
    return int(moment.utcoffset().total_seconds() / 3600)  # type: ignore[union-attr]
