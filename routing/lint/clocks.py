"""Calendars: clock changes, holidays that run out, days written twice."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from routing.lint.base import Lint
from routing.lint.findings import LintFinding
from routing.lint.whole import WholeFolder
from routing.model.calendar import COMING, DAY_MINUTES, DAYS, LIST_HOLIDAYS, Calendar, Period, parse_days
from routing.model.problem import Loc

YEAR_DAYS = 366


@dataclass(frozen=True)
class ClockShift:
    """A clock change of a zone: minutes ``start`` to ``end`` of the day are skipped, or occur twice."""

    day: date
    start: int
    end: int
    skipped: bool


@functools.lru_cache(maxsize=256)
def changes(zone: str, today: date) -> tuple[ClockShift, ...]:
    """Clock changes in the year from ``today`` on."""
    clock, begin = ZoneInfo(zone), datetime(today.year, today.month, today.day, tzinfo=UTC)
    found = []
    for hour in range(YEAR_DAYS * 24):
        moment = begin + timedelta(hours=hour)
        before, after = (_offset(clock, moment), _offset(clock, moment + timedelta(hours=1)))
        if before == after:
            continue
        exact = next(
            moment + timedelta(minutes=minute)
            for minute in range(1, 61)
            if _offset(clock, moment + timedelta(minutes=minute)) == after
        )
        low, high = sorted((exact + before, exact + after))
        start = low.hour * 60 + low.minute
        found.append(ClockShift(low.date(), start, start + int((high - low).total_seconds()) // 60, after > before))
    return tuple(found)


def _offset(clock: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(clock).utcoffset() or timedelta(0)


class ClockChange(Lint):
    """Opening hours start or end in an hour that the clock skips or repeats.

    On that day the time does not exist, or the calendar opens, closes and opens again. Checked for the coming year.

    Good::

        calendars:
          night: {timezone: Europe/Kyiv, open: {sat-sun: "20:00-06:00"}}

    Bad::

        calendars:
          night: {timezone: Europe/Kyiv, open: {sat-sun: "20:00-03:30"}}
    """

    id = "clock-change"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Compare the edges of periods with the clock changes of the calendar's zone."""
        for name, calendar in whole.folder.calendars.items():
            for change in changes(calendar.timezone, whole.today):
                for day, period, edge in _edges(calendar, change):
                    loc = _written(whole, name, calendar, day)
                    yield whole.at(self.id, loc, _message(change, period, edge), "move it out of that hour")


def _edges(calendar: Calendar, change: ClockShift) -> Iterator[tuple[date, Period, int]]:
    """Starts and ends inside the hour: the day of the period, the period, minutes of the day of the change."""
    for later in (0, 1):
        day = change.day - timedelta(days=later)
        for period in _periods(calendar, day):
            for minute in (period.start, period.end):
                if change.start < minute - later * DAY_MINUTES < change.end:
                    yield day, period, minute


def _periods(calendar: Calendar, day: date) -> tuple[Period, ...]:
    if day in calendar.days:
        return calendar.days[day]
    return () if day in calendar.holidays else calendar.weekly[day.weekday()]


def _written(whole: WholeFolder, name: str, calendar: Calendar, day: date) -> Loc:
    """The location of a day's periods."""
    if day in calendar.days:
        return ("calendars", name, "days", day.isoformat())
    opened = whole.places["calendars", name].data["calendars"][name]["open"]
    return ("calendars", name, "open", next(days for days in opened if day.weekday() in parse_days(days)))


def _message(change: ClockShift, period: Period, edge: int) -> str:
    hour = f"{_clock(change.start)}-{_clock(change.end)} {'does not exist' if change.skipped else 'occurs twice'}"
    what = "opens" if edge == period.start else "closes"
    return f"{what} at {_clock(edge)}, and on {change.day} {hour}"


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


class MissingHolidays(Lint):
    """The calendar observes holidays and has none in the coming year: phones ring while everybody is off.

    Ukraine has no public holidays under martial law, and the holidays library follows the law. Lists under `extra:`
    run out.

    Good::

        calendars:
          front: {open: {mon: "09:00-18:00"}, holidays: PL}

    Bad::

        calendars:
          front: {open: {mon: "09:00-18:00"}, holidays: UA}
    """

    id = "missing-holidays"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Calendars with `holidays` and none of them within a year from today."""
        for name, calendar in whole.folder.calendars.items():
            if missing := calendar.lacks_holidays(whole.today, whole.today + COMING):
                yield whole.at(self.id, ("calendars", name, "holidays"), missing, LIST_HOLIDAYS)


class DayTwice(Lint):
    """A day's periods overlap, or two lines list the day: they add up, the later line does not replace the earlier.

    Good::

        calendars:
          front: {open: {mon-thu: "09:00-18:00", fri: "09:00-16:00"}}

    Bad, Friday is open until six::

        calendars:
          front: {open: {mon-fri: "09:00-18:00", fri: "09:00-16:00"}}
    """

    id = "day-twice"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Days with periods that overlap."""
        for name, calendar in whole.folder.calendars.items():
            days = [day for day, periods in zip(DAYS, calendar.weekly, strict=True) if _overlap(periods)]
            if days:
                message = f"periods of {', '.join(days)} overlap: a day in two lines is open in both"
                yield whole.at(self.id, ("calendars", name, "open"), message, "write one line per day")


def _overlap(periods: tuple[Period, ...]) -> bool:
    return any(later.start < earlier.end for earlier, later in pairwise(periods))


class OvernightHours(Lint):
    """A period over midnight overlaps the hours of the next day: its two times may be the wrong way round.

    A period whose second time is the earlier one ends on the next day: `"19:00-14:00"` is open from seven in the
    evening through the night to two.

    Good, a night::

        calendars:
          front: {open: {mon-fri: ["09:00-13:00", "22:00-06:00"]}}

    Bad::

        calendars:
          front: {open: {mon-fri: ["09:00-13:00", "19:00-14:00"]}}
    """

    id = "overnight-hours"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Periods that begin before the one from the day before has ended; whole days after a night are meant."""
        for name, calendar in whole.folder.calendars.items():
            for period, following in _overnight(calendar):
                written, turned = _period(period.start, period.end), _period(period.end, period.start)
                message = (
                    f"`{written}` ends on the next day and overlaps its `{_period(following.start, following.end)}`"
                )
                hint = f"is `{turned}` meant?"
                yield whole.at(self.id, ("calendars", name, "open"), message, hint)


def _overnight(calendar: Calendar) -> Iterator[tuple[Period, Period]]:
    """Each period over midnight, once, with the first one of the next day that it overlaps."""
    seen: set[Period] = set()
    for day, periods in enumerate(calendar.weekly):
        after = calendar.weekly[(day + 1) % len(calendar.weekly)]
        for period in periods:
            reached = [each for each in after if 0 < each.start < period.end - DAY_MINUTES]
            if reached and period not in seen:
                seen.add(period)
                yield period, reached[0]


def _period(start: int, end: int) -> str:
    return "-".join(f"{minute % DAY_MINUTES // 60:02d}:{minute % 60:02d}" for minute in (start, end))
