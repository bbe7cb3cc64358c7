"""The periods of reports, as they stand in an address, and the period before each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

#: The periods to choose from, besides two days.
PERIODS = ("today", "7d", "30d", "90d", "month", "last_month", "year")
USUAL = "30d"
_LENGTHS = {"today": 1, "7d": 7, "30d": 30, "90d": 90}
#: A longer one is cut: it is a report, not the archive.
MOST_DAYS = 1100
_YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """Whole days, both included. ``name``: one of `PERIODS`, "" for two days."""

    name: str
    first: date
    last: date
    before: tuple[date, date]

    @property
    def parameters(self) -> dict[str, str]:
        """What stands for it in an address."""
        return {"period": self.name} if self.name else self.dates

    @property
    def dates(self) -> dict[str, str]:
        """Its days, as the journal's filter has them."""
        return {"since": self.first.isoformat(), "until": self.last.isoformat()}

    @property
    def days(self) -> list[date]:
        """Each day."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def period_of(given: Mapping[str, str], today: date) -> ReportPeriod:
    """The period of an address; the last 30 days without one."""
    since, until = _day(given.get("since", "")), _day(given.get("until", ""))
    if given.get("period", "") not in PERIODS and (since or until):
        first, last = since or until or today, until or max(today, since or today)
        first, last = min(first, last), max(first, last)
        return _of_days("", max(first, last - timedelta(days=MOST_DAYS - 1)), last)
    name = given.get("period", "") if given.get("period", "") in PERIODS else USUAL
    return named(name, today)


def named(name: str, today: date) -> ReportPeriod:
    """One of `PERIODS`."""
    if name in _LENGTHS:
        return _of_days(name, today - timedelta(days=_LENGTHS[name] - 1), today)
    if name == "year":
        return _of_days(name, today - timedelta(days=364), today)
    first = today.replace(day=1)
    earlier = _month_before(first)
    if name == "month":  # as many days of the month before
        last = min(earlier + (today - first), first - timedelta(days=1))
        return ReportPeriod(name, first, today, (earlier, last))
    return ReportPeriod(name, earlier, first - timedelta(days=1), (_month_before(earlier), earlier - timedelta(days=1)))


def _of_days(name: str, first: date, last: date) -> ReportPeriod:
    length = last - first + timedelta(days=1)
    return ReportPeriod(name, first, last, (first - length, first - timedelta(days=1)))


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if found.year in _YEARS else None
