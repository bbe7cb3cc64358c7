"""When a calendar opens next, as dialplans: ``when`` sets ``routing_opening`` to the sounds that say it.

Nothing is asked while a caller waits: the tables of `OpeningDays` are conditions on FreeSWITCH's clock in the
calendar's zone, one file for the week and one for each year with unusual days. The dialplan that executes it has set
the channel's ``timezone`` and asked the calendar (``routing_hours``). For a calendar that was closed by hand until a
moment, day and time are said one after the other, because no table knows that time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

from routing.compile.opening_days import DaySpan, OpeningDays, Spans
from routing.model.calendar import Calendar
from routing.model.override_end import PREFIX, fingerprint
from routing.steps.base import RELEASE
from routing.steps.dialplan import Condition, Context, Extension
from routing.steps.pieces import CONTEXT
from routing.steps.pieces import OPENING as VARIABLE
from routing.steps.pieces import OPENINGS as FOLDER
from routing.words.opening import LATER, NOW, Opening

#: The file for calendars that are closed by hand until a moment; no calendar has this name.
BY_HAND = "by-hand"
BY_HAND_FILE = f"XML:{RELEASE}/{FOLDER}/{BY_HAND}.xml {CONTEXT}"
#: What FreeSWITCH plays for an opening: files separated by ``!``.
Played = Callable[[Opening], str]


def opening_contexts(calendar: Calendar, played: Played) -> Iterator[tuple[str, Context]]:
    """The files of a calendar: name without ``.xml``, and content."""
    days = OpeningDays(calendar)
    week = list(days.week())
    years = {year: list(found) for year, found in groupby(days.unusual(), lambda each: each[0].year)}
    main = Context(CONTEXT)
    _says(main, "when", played(NOW), Condition("${routing_hours}", "^open$"))
    _by_hand(main, calendar, played)
    for year in years:
        of_year = main.extension("when", Condition(times=(("year", str(year)),)))
        of_year.do("execute_extension", f"day XML:{RELEASE}/{FOLDER}/{calendar.name}-{year}.xml {CONTEXT}")
    _week(main, "when", week, played)
    yield f"{FOLDER}/{calendar.name}", main
    for year, unusual in years.items():
        context = Context(CONTEXT)
        for span, found in _grouped(unusual).items():
            _span(context, "day", "yday", _ranges(day.timetuple().tm_yday for day in found), span, played)
        _week(context, "day", week, played)
        yield f"{FOLDER}/{calendar.name}-{year}", context


def spoken_openings(calendar: Calendar) -> set[Opening]:
    """Everything that is said of a calendar without an override until a moment."""
    days = OpeningDays(calendar)
    every = (*days.week(), *(spans for _, spans in days.unusual()))
    return {NOW, LATER, *(span.opening for spans in every for span in spans)}


def _by_hand(context: Context, calendar: Calendar, played: Played) -> None:
    """What is said while it is closed by hand: when it opens after that, or that nobody knows."""
    closed = Condition(f"${{hours_{calendar.name}}}", "^closed$")
    known = rf"^{fingerprint(calendar)} ([\d,-]+) (\d) (\d\d) (\d\d)$"
    until = context.extension("when", closed, Condition(f"${{{PREFIX}{calendar.name}}}", known))
    for name, group in (("days", 1), ("weekday", 2), ("hour", 3), ("minute", 4)):
        until.set(f"{VARIABLE}_{name}", f"${group}")
    for label in ("month", "day", "named", "time"):
        until.do("execute_extension", f"{label} {BY_HAND_FILE}")
    _says(context, "when", played(LATER), closed)


def _week(context: Context, label: str, week: Iterable[Spans], played: Played) -> None:
    found: dict[DaySpan, list[int]] = {}
    for weekday, spans in enumerate(week):
        for span in spans:
            found.setdefault(span, []).append((weekday + 1) % 7 + 1)
    for span, weekdays in found.items():
        _span(context, label, "wday", ",".join(map(str, sorted(weekdays))), span, played)


def _span(context: Context, label: str, name: str, days: str, span: DaySpan, played: Played) -> None:
    times = [(name, days), ("minute-of-day", f"{span.first + 1}-{span.last + 1}")]
    if span.offset_hours is not None:
        times.append(("tz-offset", str(span.offset_hours)))
    _says(context, label, played(span.opening), Condition(times=tuple(times)))


def _says(context: Context, label: str, sounds: str, *conditions: Condition) -> Extension:
    extension = context.extension(label, *conditions)
    extension.set(VARIABLE, sounds)
    return extension


def _grouped(unusual: Iterable[tuple[date, Spans]]) -> Mapping[DaySpan, list[date]]:
    found: dict[DaySpan, list[date]] = {}
    for day, spans in unusual:
        for span in spans:
            found.setdefault(span, []).append(day)
    return found


def _ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers as FreeSWITCH's conditions list them: ``1-3,7``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in parts)
