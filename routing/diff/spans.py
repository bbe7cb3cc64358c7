"""Moments as text: ``Mon-Fri 18:00-20:00, Sun``, ``2026-12-31 09:00-14:00``. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import date

from routing.diff.moments import DAY, Interval

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_DATES = 3
ALWAYS = "at any time"

Parts = tuple[tuple[int, int], ...]


def spans_text(chosen: Iterable[Interval], everything: Iterable[Interval]) -> str:
    """The chosen intervals among all intervals, as text."""
    every, picked = set(everything), set(chosen)
    if picked == every:
        return ALWAYS
    text, but = _listed(picked, every, "not on {}"), f"any time but {_listed(every - picked, every, '{} too')}"
    return but if len(but) < len(text) else text


def _listed(picked: Set[Interval], every: Set[Interval], otherwise: str) -> str:
    """The intervals as a list; ``otherwise`` formats the dates to which the weekdays' hours do not apply."""
    week = {day: _joined(part for part in picked if part.weekday == day) for day in range(7)}
    extra: dict[Parts, list[date]] = {}
    without: list[date] = []
    for day in sorted({part.day for part in every if part.weekday is None}):
        held = _joined(part for part in picked if part.day == day and part.weekday is None)
        if held == week[day.weekday()]:
            continue
        if held:
            extra.setdefault(held, []).append(day)
        else:
            without.append(day)
    text = [*_week(week), *(f"{_dates(days)}{_clock(held)}" for held, days in extra.items())]
    return ", ".join(text) + (f" ({otherwise.format(_dates(without))})" if without else "")


def _joined(parts: Iterable[Interval]) -> Parts:
    found: list[tuple[int, int]] = []
    for part in sorted(parts):
        if found and found[-1][1] == part.start:
            found[-1] = (found[-1][0], part.end)
        else:
            found.append((part.start, part.end))
    return tuple(found)


def _week(week: Mapping[int, Parts]) -> list[str]:
    """Days grouped by equal hours, in the order of their first day."""
    if len(set(week.values())) == 1:
        return [_clock(_around(week[0])).strip() or "any day"] if week[0] else []
    days: dict[Parts, list[int]] = {}
    for day, parts in week.items():
        if parts:
            days.setdefault(parts, []).append(day)
    return [f"{_days(same)}{_clock(parts)}" for parts, same in days.items()]


def _days(days: list[int]) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs)


def _dates(days: list[date]) -> str:
    shown = ", ".join(str(day) for day in days[:MOST_DATES])
    return f"{shown} and {len(days) - MOST_DATES} more days" if len(days) > MOST_DATES else shown


def _clock(parts: Parts) -> str:
    if parts == ((0, DAY),):
        return ""
    return " " + " and ".join(f"{_time(start)}-{_time(end)}" for start, end in parts)


def _around(parts: Parts) -> Parts:
    """Equal days with nights joined: an interval that ends at midnight continues with the one that starts there."""
    if len(parts) > 1 and parts[0][0] == 0 and parts[-1][1] == DAY:
        return (*parts[1:-1], (parts[-1][0], parts[0][1]))
    return parts


def _time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
