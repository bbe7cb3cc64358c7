"""Weeks as numbers and clock changes, held to what a calendar says of each minute."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.lint import week
from routing.lint.clocks import ClockShift, changes
from routing.model.calendar import DAY_MINUTES, Calendar, Period
from support.lint_bed import found, front

MONDAY = date(2026, 11, 23)
PERIODS = st.tuples(st.integers(0, DAY_MINUTES - 1), st.integers(1, DAY_MINUTES)).map(
    lambda pair: Period(pair[0], pair[0] + pair[1])
)
WEEKS = st.lists(st.lists(PERIODS, max_size=2).map(tuple), min_size=7, max_size=7).map(tuple)


@pytest.mark.thorough
@given(WEEKS, st.sampled_from(["Europe/Kyiv", "America/St_Johns", "Pacific/Auckland", "UTC"]))
def test_a_week_is_what_the_calendar_says_of_each_minute(weekly: tuple[tuple[Period, ...], ...], zone: str) -> None:
    calendar = Calendar("any", zone, weekly)
    minutes = week.open_minutes(calendar)
    begin = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=ZoneInfo("UTC"))
    for minute in range(0, week.MINUTES, 7):
        opened = calendar.status(begin + timedelta(minutes=minute)) == "open"
        assert bool(minutes >> minute & 1) == opened, minute


@pytest.mark.parametrize(
    ("weekly", "said"),
    [
        ({0: [(540, 1080)], 1: [(540, 1080)]}, "mon-tue 09:00-18:00"),
        ({day: [(0, 1440)] for day in range(7)}, "mon-sun all day"),
        ({2: [(0, 60), (120, 180)]}, "wed 00:00-01:00 and 02:00-03:00"),
        ({5: [(1200, 1860)]}, "sat 20:00-24:00, sun 00:00-07:00"),
        ({6: [(1380, 1500)]}, "mon 00:00-01:00, sun 23:00-24:00"),
        ({}, ""),
    ],
)  # fmt: skip
def test_minutes_of_a_week_are_told_in_the_projects_time(weekly: dict[int, list[tuple[int, int]]], said: str) -> None:
    days = tuple(tuple(Period(*period) for period in weekly.get(day, ())) for day in range(7))
    assert week.spoken(week.open_minutes(Calendar("any", "Asia/Tokyo", days)), "Asia/Tokyo") == said


def test_clock_changes_of_a_year_are_known_by_day_and_minute() -> None:
    assert changes("Europe/Kyiv", date(2026, 11, 22)) == (
        ClockShift(date(2027, 3, 28), 180, 240, True), ClockShift(date(2027, 10, 31), 180, 240, False),
    )  # fmt: skip
    assert changes("Australia/Lord_Howe", date(2026, 1, 1)) == (
        ClockShift(date(2026, 4, 5), 90, 120, False), ClockShift(date(2026, 10, 4), 120, 150, True),
    )  # fmt: skip
    assert changes("Asia/Tokyo", date(2026, 1, 1)) == ()


def test_holidays_are_told_as_missing_when_the_listed_ones_run_out() -> None:
    listed = 'calendars: {c: {open: {mon: "09:00-18:00"}, holidays: {country: UA, extra: [2027-01-01]}}}\n'
    assert found("missing-holidays", listed, today=date(2027, 1, 1)) == []
    (line,) = found("missing-holidays", listed, today=date(2027, 1, 2))
    assert "no holidays are known for UA from 2027-01-02 to 2028-01-02" in line


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("  - hours: {calendar: office, open: [{ring: ivan}]}\n  - hangup\n", False),  # one calendar: that is meant
        ("  - open_branch: [other: office]\n  - hours: {calendar: saturday, closed: [hangup]}\n  - hangup\n", True),
        (
            "  - hours: {calendar: office, closed: [{hours: {calendar: rest, closed: [hangup]}}]}\n"
            "  - ring: ivan\n  - hangup\n",
            False,
        ),
        (
            "  - match: {when: {anonymous: true}, steps: [{ring: ivan}]}\n"
            "  - hours: {calendar: office, open: [{ring: ivan}]}\n"
            "  - hours: {calendar: saturday, open: [{voicemail: {box: a, notify: ivan}}]}\n"
            "  - play: closed.wav\n  - hangup\n",
            True,
        ),
        (
            "  - hours: {calendar: office, open: [{ring: ivan}]}\n"
            "  - hours: {calendar: saturday, open: [{ring: olena}]}\n  - voicemail: {box: a, notify: ivan}\n",
            False,
        ),
    ],
)
def test_a_gap_is_where_a_call_ends_and_no_calendar_was_open(steps: str, told: bool) -> None:
    assert bool(found("hours-gap", front(steps))) is told
