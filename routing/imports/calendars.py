"""Time conditions of other systems as calendars: what matches on which day, week by week and on single dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from routing.model.calendar import DAY_MINUTES, DAYS

#: Conditions on dates are written out for so many years, and at most so many days.
YEARS, MOST_DAYS = 5, 1200
Minutes = tuple[tuple[int, int], ...]
ALL_DAY: Minutes = ((0, DAY_MINUTES),)


@dataclass(frozen=True)
class TimeRule:
    """A condition: minutes of the day, and the days on which they count. None is any; Monday is 0."""

    minutes: Minutes = ALL_DAY
    weekdays: frozenset[int] | None = None
    month_days: frozenset[int] | None = None
    months: frozenset[int] | None = None
    years: frozenset[int] | None = None
    #: First and last moment of a range of dates.
    between: tuple[datetime, datetime] | None = None

    @property
    def is_weekly(self) -> bool:
        """Whether it is the same every week."""
        return (self.month_days, self.months, self.years, self.between) == (None, None, None, None)

    def on(self, day: date) -> Minutes:
        """The minutes of a day that match."""
        checks = (
            (self.weekdays, day.weekday()),
            (self.month_days, day.day),
            (self.months, day.month),
            (self.years, day.year),
        )
        if any(allowed is not None and value not in allowed for allowed, value in checks):
            return ()
        return _cut(self.minutes, day, self.between) if self.between else self.minutes

    def matches(self, moment: datetime) -> bool:
        """Whether a moment, by the clock of the condition, matches."""
        minute = moment.hour * 60 + moment.minute
        return any(start <= minute < end for start, end in self.on(moment.date()))


def _cut(minutes: Minutes, day: date, between: tuple[datetime, datetime]) -> Minutes:
    midnight = datetime(day.year, day.month, day.day)
    first, last = (int((moment - midnight) / timedelta(minutes=1)) for moment in between)
    cut = ((max(start, first), min(end, last)) for start, end in minutes)
    return tuple((start, end) for start, end in cut if start < end)


def union(rules: Iterable[TimeRule], day: date) -> Minutes:
    """The minutes of a day that any rule matches, joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(piece for rule in rules for piece in rule.on(day)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def calendar_fields(rules: Sequence[TimeRule], today: date) -> tuple[dict[str, Any], bool]:
    """``open`` and ``days`` of a calendar that is open when a rule matches; whether every date found room."""
    weekly = [rule for rule in rules if rule.is_weekly]
    monday = today - timedelta(days=today.weekday())
    week = [union(weekly, monday + timedelta(days=at)) for at in range(7)]
    fields: dict[str, Any] = {"open": {days: _periods(minutes) for days, minutes in _grouped(week)}}
    days: dict[str, Any] = {}
    if len(weekly) < len(rules):
        last = date(today.year + YEARS - 1, 12, 31)
        for at in range((last - today).days + 1):
            day = today + timedelta(days=at)
            if (minutes := union(rules, day)) != week[day.weekday()]:
                days[day.isoformat()] = _periods(minutes)
    is_whole = len(days) <= MOST_DAYS
    if days:
        fields["days"] = dict(list(days.items())[:MOST_DAYS])
    return fields, is_whole


def _grouped(week: Sequence[Minutes]) -> Iterator[tuple[str, Minutes]]:
    """Days in a row with the same hours: ``mon-fri``."""
    start = 0
    for at in range(1, len(week) + 1):
        if at == len(week) or week[at] != week[start]:
            if week[start]:
                yield DAYS[start] if at - start == 1 else f"{DAYS[start]}-{DAYS[at - 1]}", week[start]
            start = at


def _periods(minutes: Minutes) -> Any:
    texts = [f"{_clock(start)}-{_clock(end)}" for start, end in minutes]
    return texts[0] if len(texts) == 1 else texts


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def moments(rules: Sequence[TimeRule], today: date) -> Iterator[tuple[datetime, bool]]:
    """Moments to try, the usual ones first, each with whether a rule matches."""
    dated = [rule for rule in rules if not rule.is_weekly]
    days = [today + timedelta(days=at) for at in range(1, 15)]
    days += [day for day in _dates(today) if union(dated, day)][:3] if dated else []
    for clock in (11 * 60, 15 * 60, 20 * 60, 3 * 60, 8 * 60, 17 * 60 + 30, 22 * 60, 0):
        for day in days:
            moment = datetime(day.year, day.month, day.day, clock // 60, clock % 60)
            yield moment, any(rule.matches(moment) for rule in rules)


def _dates(today: date) -> Iterator[date]:
    return (today + timedelta(days=at) for at in range(366))
