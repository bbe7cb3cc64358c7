"""Opening hours: weekly periods, single days, holidays, in the calendar's own time zone.

`Calendar.status` defines the meaning of a calendar; tests compare the compiled dialplan with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.model import meant

DAY_MINUTES = 24 * 60
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIOD = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\s*-\s*([01]\d|2[0-4]):([0-5]\d)")
#: Zones that FreeSWITCH cannot represent: their clocks change by dates (Ramadan) that no POSIX rule describes.
INEXPRESSIBLE_ZONES = frozenset({"Africa/Casablanca", "Africa/El_Aaiun", "localtime"})
#: Holidays are compiled for these years: a fixed span, so that the same input gives the same bytes on any day.
HOLIDAY_YEARS = range(2025, 2041)
#: The period for which a calendar should know holidays, and the hint when it does not.
COMING = timedelta(days=365)
LIST_HOLIDAYS = "list them under `extra:`"


@dataclass(frozen=True, order=True)
class Period:
    """Minutes of a day, start included, end excluded; an end after 1440 is on the next day."""

    start: int
    end: int

    def parts(self) -> tuple[tuple[int, int, int], ...]:
        """The period split at midnight: (days later, start minute, end minute)."""
        if self.end <= DAY_MINUTES:
            return ((0, self.start, self.end),)
        return ((0, self.start, DAY_MINUTES), (1, 0, self.end - DAY_MINUTES))


@dataclass(frozen=True)
class Calendar:
    """One calendar. ``weekly`` has a tuple of periods for each day, Monday first; ``days`` overrides single dates."""

    name: str
    timezone: str
    weekly: tuple[tuple[Period, ...], ...]
    days: dict[date, tuple[Period, ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    #: Country, or country-region, whose holidays it observes; "" for none.
    country: str = ""

    def lacks_holidays(self, first: date, last: date) -> str:
        """A message when the calendar observes a country's holidays and knows none in this period; empty otherwise.

        Phones would ring on days off.
        """
        if not self.country or any(first <= day <= last for day in self.holidays):
            return ""
        return f"no holidays are known for {self.country} from {first} to {last}"

    def status(self, moment: datetime) -> str:
        """``open``, ``closed`` or ``holiday`` at an aware moment. A single day overrides a holiday, a holiday the week.

        A period past midnight belongs to the day on which it starts: a closed Friday has no Saturday morning.
        """
        local = moment.astimezone(ZoneInfo(self.timezone))
        today, minute = local.date(), local.hour * 60 + local.minute
        if self._is_holiday(today):
            return "holiday"
        return "open" if _covers(minute, self._open_minutes(today)) else "closed"

    def openings(self, day: date) -> tuple[int, ...]:
        """The minutes of a day at which it opens, by clocks that do not change on it."""
        pieces = self._open_minutes(day)
        found = sorted({start for start, _ in pieces if not _covers(start - 1, pieces)})
        if found[:1] == [0] and _covers(DAY_MINUTES - 1, self._open_minutes(day - timedelta(days=1))):
            del found[0]
        return tuple(found)

    def _is_holiday(self, day: date) -> bool:
        return day in self.holidays and day not in self.days

    def _open_minutes(self, day: date) -> Sequence[tuple[int, int]]:
        """When it is open on a day: from a minute on until another, by the clock."""
        if self._is_holiday(day):
            return ()
        yesterday = day - timedelta(days=1)
        own = self.days.get(day, self.weekly[day.weekday()])
        if yesterday in self.days:
            before = self.days[yesterday]
        else:
            usual = day not in self.days and yesterday not in self.holidays
            before = self.weekly[yesterday.weekday()] if usual else ()
        return _pieces(own, 0) + _pieces(before, 1)


def _covers(minute: int, pieces: Iterable[tuple[int, int]]) -> bool:
    return any(start <= minute < end for start, end in pieces)


def _pieces(periods: Iterable[Period], days_later: int) -> list[tuple[int, int]]:
    return [(start, end) for period in periods for later, start, end in period.parts() if later == days_later]


def parse_period(text: object) -> Period:
    """``"09:00-18:00"`` or, over midnight, ``"22:00-06:00"``; ``24:00`` and ``23:59`` are the end of a day.

    Raises ValueError.
    """
    match = _PERIOD.fullmatch(str(text).strip())
    if not match:
        if str(text) in ("closed", "off", "no"):
            raise ValueError(f"`{text}` is not a period: leave out closed days")
        raise ValueError(f"`{text}` is not a period: write `{meant.period(text) or '09:00-18:00'}`")
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if max(start, end) > DAY_MINUTES or start == DAY_MINUTES:
        raise ValueError(f"`{text}` has a time after 24:00")
    if start == end:
        raise ValueError(f"`{text}` starts and ends at the same time; the whole day is `00:00-24:00`")
    if end == DAY_MINUTES - 1:
        end = DAY_MINUTES  # nobody wants to close for the last minute of a day
    return Period(start, end if end > start else end + DAY_MINUTES)


def parse_days(text: str) -> tuple[int, ...]:
    """``mon-fri``, ``sat``, ``fri-mon`` or ``mon,wed`` as day indexes, Monday 0. Raises ValueError."""
    found: list[int] = []
    for part in str(text).split(","):
        first, dash, last = part.strip().partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            write = f"`{known}`" if (known := meant.days(text)) else "`mon`, `mon-fri` or `mon,wed`"
            raise ValueError(f"`{text}` is not a day: write {write}")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return tuple(found)
