"""A calendar as a dialplan context: ``check`` sets ``routing_hours`` to ``open``, ``closed`` or ``holiday``.

The dialplan that executes it sets the channel's ``timezone`` first. Tests compare it with `Calendar.status`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from routing.model.calendar import DAY_MINUTES, Calendar, Period
from routing.steps.dialplan import Condition, Context

Times = tuple[tuple[str, str], ...]


def calendar_context(calendar: Calendar) -> Context:
    """Extensions in the order of precedence: manual override, single days, holidays, the week, closed."""
    context = Context("calendar")
    for state in ("open", "closed"):
        _answer(context, state, Condition(f"${{hours_{calendar.name}}}", f"^{state}$"))
    for day, periods in sorted(calendar.days.items()):
        _day(context, calendar, day, periods)
    for year, days in _by_year(calendar.holidays - calendar.days.keys()).items():
        yeardays = ",".join(str(day.timetuple().tm_yday) for day in days)
        _answer(context, "holiday", Condition(times=(("year", str(year)), ("yday", yeardays))))
    _tails(context, calendar)
    _no_tails(context, calendar)
    for weekday in range(7):
        pieces = _pieces(calendar.weekly[weekday], 0) + _pieces(calendar.weekly[weekday - 1], 1)
        for minutes in pieces:
            _answer(
                context, "open", Condition(times=(("wday", str((weekday + 1) % 7 + 1)), ("minute-of-day", minutes)))
            )
    _answer(context, "closed")
    return context


def _answer(context: Context, state: str, *conditions: Condition) -> None:
    context.extension("check", *conditions).set("routing_hours", state)


def _day(context: Context, calendar: Calendar, day: date, periods: tuple[Period, ...]) -> None:
    """A single date: its own periods and the part past midnight of the single date before; closed otherwise."""
    before = calendar.days.get(day - timedelta(days=1), ())
    for minutes in _pieces(periods, 0) + _pieces(before, 1):
        _answer(context, "open", Condition(times=(*_on(day), ("minute-of-day", minutes))))
    _answer(context, "closed", Condition(times=_on(day)))


def _tails(context: Context, calendar: Calendar) -> None:
    """The part past midnight of a single date's periods, on a day without an entry of its own."""
    for day, periods in sorted(calendar.days.items()):
        following = day + timedelta(days=1)
        if following not in calendar.days and following not in calendar.holidays:
            for minutes in _pieces(periods, 1):
                _answer(context, "open", Condition(times=(*_on(following), ("minute-of-day", minutes))))


def _no_tails(context: Context, calendar: Calendar) -> None:
    """After a single date or holiday, the weekday's usual period does not continue past midnight."""
    special = calendar.days.keys() | calendar.holidays
    for day in sorted(special):
        following = day + timedelta(days=1)
        tails = _pieces(calendar.weekly[day.weekday()], 1)
        if tails and following not in special:
            for state, periods in (("open", _pieces(calendar.weekly[following.weekday()], 0)), ("closed", tails)):
                for minutes in periods:
                    _answer(context, state, Condition(times=(*_on(following), ("minute-of-day", minutes))))


def _on(day: date) -> Times:
    return (("year", str(day.year)), ("yday", str(day.timetuple().tm_yday)))


def _by_year(days: Iterable[date]) -> dict[int, list[date]]:
    years: dict[int, list[date]] = {}
    for day in sorted(days):
        years.setdefault(day.year, []).append(day)
    return years


def _pieces(periods: Iterable[Period], days_later: int) -> list[str]:
    """Periods as ``minute-of-day`` ranges; FreeSWITCH counts minutes from 1 and includes both ends."""
    return [
        f"{start + 1}-{min(end, DAY_MINUTES)}"
        for period in periods
        for later, start, end in period.parts()
        if later == days_later
    ]
