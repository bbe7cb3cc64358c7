"""The coming year in intervals without changes of calendars, grouped by the states of all calendars.

Boundaries come from the time conditions of the compiled files, states from executing the calendars. Pure: the first
day is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from routing.diff.side import Side
from routing.offline.document import Times, parse
from routing.offline.hunt import hunt
from routing.offline.line import CallerLine
from routing.offline.profile import Profile
from routing.offline.when import matches, number_matches

DAY = 24 * 60
YEAR = timedelta(days=366)
#: States of calendars: (side, file, zone) -> open, closed or holiday.
States = tuple[tuple[tuple[str, str, str], str], ...]


@dataclass(frozen=True, order=True)
class Interval:
    """Part of a day in the project's zone; ``weekday`` 0 is every normal Monday, None is only this date."""

    day: date
    start: int
    end: int
    weekday: int | None

    def middle(self, zone: ZoneInfo) -> datetime:
        """The moment that represents the interval."""
        minute = (self.start + self.end) // 2
        return datetime(self.day.year, self.day.month, self.day.day, minute // 60, minute % 60, tzinfo=zone)


@dataclass(frozen=True)
class Kind:
    """Moments with the same states of all relevant calendars; ``moment`` represents them.

    ``states``: of each calendar, by (side, file, zone); ``held``: results of time conditions outside calendars.
    """

    moment: datetime
    states: States
    held: tuple[bool | None, ...]
    intervals: tuple[Interval, ...]

    @property
    def minutes(self) -> int:
        """Its minutes of a normal week."""
        return sum(part.end - part.start for part in self.intervals if part.weekday is not None)


def kinds(files: Sequence[tuple[Side, str]], zone: ZoneInfo, today: date) -> list[Kind]:
    """The year's kinds of moments for these files, those with the most minutes of a week first."""
    times, calendars = _times(files)
    special = _special(times, today)
    found: dict[tuple[States, tuple[bool | None, ...]], list[Interval]] = {}
    plain = frozenset((test, where) for test, where, calendar in times if not calendar)
    for interval in _intervals([(test, where) for test, where, _ in times], special, zone, today):
        moment = interval.middle(zone)
        states = tuple((key, _state(*key[1:], text, moment)) for key, text in calendars.items())
        held = tuple(matches(test, moment, where or None) for test, where in sorted(plain))
        found.setdefault((states, held), []).append(interval)
    made = [Kind(_usual(parts).middle(zone), *alike, tuple(parts)) for alike, parts in found.items()]
    return sorted(made, key=lambda kind: (-kind.minutes, kind.moment))


def _usual(parts: Sequence[Interval]) -> Interval:
    """The first of the longest intervals of a normal week."""
    return min(parts, key=lambda part: (part.weekday is None, part.start - part.end, part.day))


def _times(
    files: Sequence[tuple[Side, str]],
) -> tuple[set[tuple[Times, str, bool]], dict[tuple[str, str, str], str]]:
    """(time condition, zone, whether in a calendar), and the calendars' texts by (side, file, zone)."""
    times: set[tuple[Times, str, bool]] = set()
    calendars: dict[tuple[str, str, str], str] = {}
    for side, path in files:
        if not path.startswith("calendars/"):
            referred = side.inputs_of(path)
            times |= {(test, where, False) for test, where in referred.times}
            for calendar, where in sorted(referred.calendars):
                calendars[side.release.name, calendar, where] = side.text(calendar)
                times |= {(test, where, True) for test, _ in side.inputs_of(calendar).times}
    return times, calendars


@lru_cache(maxsize=200_000)
def _state(path: str, zone: str, text: str, moment: datetime) -> str:
    """The state of a calendar at a moment, by its dialplan."""
    if not text:
        return "missing"
    line = CallerLine(Profile("check", "calendar", "XML", "", "", ""), moment, {})
    line.set("timezone", zone)
    for _, data in hunt(parse(text).context("calendar") or (), line, lambda *_: None):
        if data.startswith("routing_hours="):
            return data.removeprefix("routing_hours=")
    return "closed"


def _special(times: Iterable[tuple[Times, str, bool]], today: date) -> list[date]:
    """Dates of the coming year that a condition names, and the days after them, on which periods may end."""
    named = {day for test in {test for test, _, _ in times} for day in _named(test, today)}
    return sorted(named | {day + timedelta(days=1) for day in named})


@lru_cache(maxsize=4096)
def _named(test: Times, today: date) -> tuple[date, ...]:
    """The dates of the coming year that a condition names by the day of the year."""
    fields = dict(test)
    if "yday" not in fields:
        return ()
    days = (today + timedelta(days=offset) for offset in range(YEAR.days))
    fitting = (day for day in days if number_matches(fields.get("year", str(day.year)), day.year))
    return tuple(day for day in fitting if number_matches(fields["yday"], day.timetuple().tm_yday))


def _intervals(
    times: Sequence[tuple[Times, str]], special: Sequence[date], zone: ZoneInfo, today: date
) -> list[Interval]:
    found: list[Interval] = []
    zones = {where for _, where in times}
    minutes = {where: sorted(_minutes(test for test, each in times if each == where)) for where in zones}
    usual = _week(special, {zone, *(ZoneInfo(where) for where in zones if where)}, today)
    days: list[tuple[date, int | None]] = [(day, weekday) for weekday, day in usual.items()]
    for day, weekday in days + [(day, None) for day in special]:
        cuts = sorted({0, DAY, *_cuts(day, minutes, zone)})
        found += [Interval(day, start, end, weekday) for start, end in pairwise(cuts)]
    return found


def _minutes(tests: Iterable[Times]) -> set[int]:
    """Minutes after midnight at which a condition may change; FreeSWITCH's ``minute-of-day`` counts from 1."""
    found: set[int] = set()
    for test in tests:
        for name, expression in test:
            if name == "minute-of-day":
                for part in expression.split(","):
                    first, _, last = part.partition("-")
                    found |= {int(first) - 1, int(last or first)}
    return found


def _cuts(day: date, minutes: Mapping[str, Sequence[int]], zone: ZoneInfo) -> Iterable[int]:
    """The zones' boundaries, midnights included, as minutes of this day in the project's zone."""
    start = datetime(day.year, day.month, day.day)
    for where, cuts in minutes.items():
        there = ZoneInfo(where) if where else zone
        for other in (start - timedelta(days=1), start, start + timedelta(days=1)):
            for minute in (0, *cuts):
                moment = (other + timedelta(minutes=minute)).replace(tzinfo=there)
                after = moment.astimezone(zone).replace(tzinfo=None) - start
                if timedelta(0) < after < timedelta(days=1):
                    yield int(after.total_seconds()) // 60


def _week(special: Iterable[date], zones: Iterable[ZoneInfo], today: date) -> dict[int, date]:
    """A normal date for each weekday: no special date and no clock change."""
    barred, found = set(special), dict[int, date]()
    for offset in range(1, YEAR.days):
        day = today + timedelta(days=offset)
        if day.weekday() not in found and day not in barred and not any(_changes(day, zone) for zone in zones):
            found[day.weekday()] = day
        if len(found) == len(range(7)):
            break
    return dict(sorted(found.items()))


def _changes(day: date, zone: ZoneInfo) -> bool:
    """Whether a zone has a clock change on this day or the day before."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return noon.utcoffset() != (noon - timedelta(days=2)).replace(tzinfo=zone).utcoffset()
