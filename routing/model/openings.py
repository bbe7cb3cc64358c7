"""When a calendar opens next: by its hours, and by hand.

`next_opening` defines the meaning; the compiled dialplan, which has no engine to ask, is compared with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.model.calendar import DAY_MINUTES, Calendar

#: After the last single day and holiday a week shows whether a calendar ever opens again; a day for its nights.
_WEEK_DAYS = 9


@dataclass(frozen=True)
class Override:
    """A calendar that is set ``open`` or ``closed`` by hand, until a moment or (None) until somebody ends it."""

    state: str
    until: datetime | None = None


def next_opening(calendar: Calendar, moment: datetime, override: Override | None = None) -> datetime | None:
    """The first moment, from an aware one on, at which a calendar is open: that one where it is open already.

    None: nobody knows. It never opens again, or somebody has closed it until further notice. In UTC.
    """
    here = moment.astimezone(UTC)
    if override and (override.until is None or override.until > moment):
        if override.state == "open":
            return here
        return None if override.until is None else next_opening(calendar, override.until)
    if calendar.status(here) == "open":
        return here
    return next(_openings(calendar, here), None)


def _openings(calendar: Calendar, after: datetime) -> Iterator[datetime]:
    """The moments after another at which it is open; the first of them is an opening if it is closed then."""
    day = after.astimezone(ZoneInfo(calendar.timezone)).date()
    last = max((*calendar.days, *calendar.holidays, day)) + timedelta(days=_WEEK_DAYS)
    while day <= last:
        for edge in edges(calendar, day):
            if edge > after and calendar.status(edge) == "open":
                yield edge
        day = _next_day(calendar, day)


def _next_day(calendar: Calendar, day: date) -> date:
    """The day after another, without those on which a calendar that is always closed by the week cannot open."""
    following = day + timedelta(days=1)
    if any(calendar.weekly) or any(each in calendar.days for each in (day, following)):
        return following
    return min((each for each in calendar.days if each > following), default=date.max - timedelta(days=1))


def edges(calendar: Calendar, day: date) -> list[datetime]:
    """The moments of a day at which a calendar may change, in UTC: where periods begin and end, also those of the day
    before, midnight, and every half hour of a day on which clocks are put forward or back."""
    zone, following = calendar.timezone, day + timedelta(days=1)
    usual = moment_of(following, 0, zone) - moment_of(day, 0, zone) == timedelta(days=1)
    minutes = {0} if usual else set(range(0, DAY_MINUTES, 30))
    for each, days_later in ((day, 0), (day - timedelta(days=1), 1)):
        for period in calendar.days.get(each, calendar.weekly[each.weekday()]):
            minutes |= {edge - days_later * DAY_MINUTES for edge in (period.start, period.end)}
    inside = [minute for minute in minutes if 0 <= minute < DAY_MINUTES]
    return sorted({moment_of(day, minute, zone, fold) for minute in inside for fold in ((0,) if usual else (0, 1))})


def moment_of(day: date, minute: int, zone: str, fold: int = 0) -> datetime:
    """The moment of a day's minute by a zone's clock, in UTC; what clocks skip is an hour later."""
    return datetime.combine(day, time(minute // 60, minute % 60, fold=fold), ZoneInfo(zone)).astimezone(UTC)
