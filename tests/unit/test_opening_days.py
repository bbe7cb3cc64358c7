"""The compiled tables of openings, minute by minute against `next_opening`: holidays, single days, clock changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.compile.openings import opening_contexts, spoken_openings
from routing.model.calendar import DAY_MINUTES, Calendar, Period
from routing.model.openings import next_opening
from routing.offline.when import matches
from routing.steps.dialplan import Context, Extension
from routing.steps.pieces import OPENINGS
from routing.words.opening import LATER, NOW, Opening, seen_from

NEVER = ((),) * 7
WEEK = ((Period(540, 780), Period(840, 1080)),) * 5 + ((Period(600, 900),), ())
ZONES = ["Europe/Kyiv", "America/New_York", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"]


def meant(calendar: Calendar, moment: datetime) -> Opening:
    opens = next_opening(calendar, moment)
    if opens is None:
        return LATER
    if opens == moment:
        return NOW
    zone = ZoneInfo(calendar.timezone)
    local = opens.astimezone(zone)
    return seen_from(moment.astimezone(zone).date(), local.date(), local.hour * 60 + local.minute)


class Compiled:
    """What FreeSWITCH would say: the first extension whose conditions hold, in the file of the year too."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar, self.openings = calendar, sorted(spoken_openings(calendar), key=str)
        self.files = dict(opening_contexts(calendar, lambda opening: str(self.openings.index(opening))))

    def says(self, moment: datetime) -> Opening:
        if self.calendar.status(moment) == "open":
            return NOW
        action = self._first(self.files[f"{OPENINGS}/{self.calendar.name}"], moment).actions[0]
        if action.application == "execute_extension":
            year = moment.astimezone(ZoneInfo(self.calendar.timezone)).year
            action = self._first(self.files[f"{OPENINGS}/{self.calendar.name}-{year}"], moment).actions[0]
        return self.openings[int(action.data.removeprefix("routing_opening="))]

    def _first(self, context: Context, moment: datetime) -> Extension:
        return next(extension for extension in context.extensions if self._holds(extension, moment))

    def _holds(self, extension: Extension, moment: datetime) -> bool:
        return all(
            not condition.field and matches(condition.times, moment, self.calendar.timezone)
            for condition in extension.conditions
        )


def minutes(first: datetime, days: int, step: int) -> Iterator[datetime]:
    return (first + timedelta(minutes=n) for n in range(0, days * DAY_MINUTES, step))


MINUTES = st.integers(0, DAY_MINUTES - 1)
PERIODS = st.builds(lambda start, length: Period(start, start + length), MINUTES, st.integers(1, DAY_MINUTES))
DATES = st.integers(0, 14).map(lambda days: date(2026, 10, 20) + timedelta(days=days))
DAYS = st.lists(PERIODS, max_size=2).map(tuple)
CALENDARS = st.builds(
    Calendar,
    st.just("office"),
    st.sampled_from(ZONES),
    st.tuples(*[DAYS] * 7) | st.just(NEVER),
    st.dictionaries(DATES, DAYS, max_size=3),
    st.frozensets(DATES, max_size=3),
)


@pytest.mark.thorough
@settings(max_examples=40, deadline=None)
@given(CALENDARS, st.integers(0, 300))
def test_any_calendar_says_when_it_really_opens(calendar: Calendar, start: int) -> None:
    compiled = Compiled(calendar)
    for moment in minutes(datetime(2026, 10, 18, tzinfo=UTC) + timedelta(minutes=start), 20, 311):
        assert compiled.says(moment) == meant(calendar, moment), moment


def daily(start: int, end: int, zone: str = "Europe/Kyiv") -> Calendar:
    return Calendar("office", zone, ((Period(start, end),),) * 7)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("calendar", "day"),
    [
        *((daily(start, start + length), day)
          for start in (120, 170, 180, 210, 230, 240)
          for length in (5, 45, 90)
          for day in (date(2026, 10, 25), date(2027, 3, 28))),
        (daily(0, 210), date(2026, 10, 25)),
        (daily(100, 110, "Australia/Lord_Howe"), date(2026, 4, 5)),
        (daily(125, 140, "Australia/Lord_Howe"), date(2026, 10, 4)),
        (daily(80, 90, "America/St_Johns"), date(2026, 11, 1)),
    ],
)  # fmt: skip
def test_every_minute_around_a_clock_change(calendar: Calendar, day: date) -> None:
    compiled = Compiled(calendar)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    for moment in minutes(start, 2, 2):
        assert compiled.says(moment) == meant(calendar, moment), moment


@pytest.mark.parametrize(
    "calendar",
    [
        Calendar("office", "Europe/Kyiv", WEEK, {date(2026, 12, 31): (Period(540, 840),), date(2027, 1, 2): ()},
                 frozenset({date(2026, 12, 25), date(2027, 1, 1)})),
        Calendar("office", "Europe/Kyiv", WEEK, {date(2026, 12, 24) + timedelta(days=n): () for n in range(16)}),
        Calendar("office", "Europe/Kyiv", ((Period(540, 600),), *((),) * 6), {date(2026, 12, 28): ()}),
        Calendar("office", "Europe/Kyiv", NEVER,
                 {date(2026, 12, 24): (Period(1320, 1560),), date(2028, 1, 5): (Period(0, 9),)}),
        Calendar("office", "Europe/Kyiv", ((Period(0, 1440),),) * 5 + ((), ()), {}, frozenset({date(2027, 1, 1)})),
        Calendar("office", "Europe/Kyiv", NEVER),
    ],
)  # fmt: skip
def test_every_quarter_of_an_hour_around_new_year(calendar: Calendar) -> None:
    compiled = Compiled(calendar)
    for moment in minutes(datetime(2026, 12, 14, tzinfo=UTC), 35, 15):
        assert compiled.says(moment) == meant(calendar, moment), moment


def test_a_week_is_a_handful_of_conditions() -> None:
    (_, context), *years = opening_contexts(Calendar("office", "Europe/Kyiv", WEEK), lambda opening: str(opening.seen))
    assert len(context.extensions) == 3 + 7
    assert years == []
