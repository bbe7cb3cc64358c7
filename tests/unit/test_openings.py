"""When a calendar opens next: holidays, single days, breaks, clock changes, overrides by hand; minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.model.calendar import DAY_MINUTES, Calendar, Period
from routing.model.openings import Override, next_opening

KYIV = ZoneInfo("Europe/Kyiv")
NEVER = ((),) * 7
WEEK = ((Period(540, 780), Period(840, 1080)),) * 5 + ((Period(600, 900),), ())
OFFICE = Calendar(
    "office",
    "Europe/Kyiv",
    WEEK,
    {date(2026, 12, 31): (Period(540, 840),), date(2027, 1, 2): ()},
    frozenset({date(2026, 12, 25), date(2027, 1, 1)}),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KYIV)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-30 08:00", "2026-11-30 09:00"),
        ("2026-11-30 09:00", "2026-11-30 09:00"),
        ("2026-11-30 10:30", "2026-11-30 10:30"),  # open now
        ("2026-11-30 13:00", "2026-11-30 14:00"),  # the lunch break
        ("2026-11-30 13:59:59", "2026-11-30 14:00"),
        ("2026-11-30 18:00", "2026-12-01 09:00"),
        ("2026-12-04 18:00", "2026-12-05 10:00"),
        ("2026-12-05 15:00", "2026-12-07 09:00"),  # Saturday to Monday
        ("2026-12-24 18:00", "2026-12-26 10:00"),  # a holiday on Friday
        ("2026-12-31 14:00", "2027-01-04 09:00"),  # a short day, a holiday, a closed Saturday, Sunday
    ],
)
def test_the_next_opening_of_an_office(moment: str, opens: str) -> None:
    assert next_opening(OFFICE, at(moment)) == at(opens)


def test_a_calendar_that_never_opens() -> None:
    moment = at("2026-11-30 10:00")
    assert next_opening(Calendar("never", "Europe/Kyiv", NEVER), moment) is None
    once = Calendar("once", "Europe/Kyiv", NEVER, {date(2031, 5, 1): (Period(540, 600),), date(2026, 12, 1): ()})
    assert next_opening(once, moment) == at("2031-05-01 09:00")
    assert next_opening(once, at("2031-05-01 10:00")) is None


def test_a_long_closure_is_looked_through() -> None:
    closed: dict[date, tuple[Period, ...]] = {date(2026, 12, 1) + timedelta(days=n): () for n in range(500)}
    assert next_opening(Calendar("away", "Europe/Kyiv", WEEK, closed), at("2026-11-30 18:00")) == at("2028-04-14 09:00")


def daily(start: int, end: int) -> Calendar:
    return Calendar("daily", "Europe/Kyiv", ((Period(start, end),),) * 7)


NIGHT = daily(1320, 1800)


@pytest.mark.parametrize(
    ("calendar", "moment", "opens"),
    [
        # clocks go from 3:00 to 4:00 on 2027-03-28: who opens at 3:30 opens at 4:00
        (daily(210, 600), "2027-03-28T00:00+02:00", "2027-03-28T04:00+03:00"),
        (daily(190, 230), "2027-03-28T00:00+02:00", "2027-03-29T03:10+03:00"),
        # clocks go from 4:00 back to 3:00 on 2026-10-25: 3:30 to 3:40 is there twice
        (daily(210, 220), "2026-10-25T03:45+03:00", "2026-10-25T03:30+02:00"),
        (daily(210, 220), "2026-10-25T03:45+02:00", "2026-10-26T03:30+02:00"),
        (daily(0, 210), "2026-10-25T03:45+03:00", "2026-10-25T03:00+02:00"),
        (NIGHT, "2026-11-30T06:00+02:00", "2026-11-30T22:00+02:00"),
        (NIGHT, "2026-11-30T23:00+02:00", "2026-11-30T23:00+02:00"),
    ],
)  # fmt: skip
def test_clock_changes_and_nights(calendar: Calendar, moment: str, opens: str) -> None:
    assert next_opening(calendar, datetime.fromisoformat(moment)) == datetime.fromisoformat(opens)


@pytest.mark.parametrize(
    ("override", "opens"),
    [
        (Override("closed", at("2026-11-30 15:00")), "2026-11-30 15:00"),  # it is open then
        (Override("closed", at("2026-11-30 13:10")), "2026-11-30 14:00"),  # not then: the next opening after
        (Override("closed", at("2026-11-30 18:00")), "2026-12-01 09:00"),
        (Override("closed", at("2026-11-30 10:00")), "2026-11-30 10:00"),  # it is over
        (Override("closed"), None),
        (Override("open"), "2026-11-30 10:00"),
        (Override("open", at("2026-11-30 20:00")), "2026-11-30 10:00"),
    ],
)
def test_somebody_has_overridden_the_calendar(override: Override, opens: str | None) -> None:
    assert next_opening(OFFICE, at("2026-11-30 10:00"), override) == (at(opens) if opens else None)


MINUTES = st.integers(0, DAY_MINUTES - 1)
PERIODS = st.builds(lambda start, length: Period(start, start + length), MINUTES, st.integers(1, DAY_MINUTES))
DATES = st.integers(0, 14).map(lambda days: date(2026, 10, 20) + timedelta(days=days))
DAYS = st.lists(PERIODS, max_size=2).map(tuple)
CALENDARS = st.builds(
    Calendar,
    st.just("office"),
    st.sampled_from(["Europe/Kyiv", "America/New_York", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    st.tuples(*[DAYS] * 7) | st.just(NEVER),
    st.dictionaries(DATES, DAYS, max_size=3),
    st.frozensets(DATES, max_size=3),
)
MOMENTS = st.datetimes(datetime(2026, 10, 18), datetime(2026, 11, 6), timezones=st.just(UTC))


@pytest.mark.thorough
@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS)
def test_the_next_opening_is_the_first_open_minute(calendar: Calendar, moment: datetime) -> None:
    found = next_opening(calendar, moment)
    minute, last = moment.replace(second=0, microsecond=0), moment + timedelta(days=12)
    minutes = (minute + timedelta(minutes=n) for n in range(12 * DAY_MINUTES))
    first = next((each for each in minutes if calendar.status(each) == "open"), None)
    if first is None:
        assert found is None or found >= last - timedelta(minutes=1)
    else:
        assert found == max(first, moment)
