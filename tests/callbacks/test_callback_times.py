"""When a client may be called: their own quiet hours, the company's calendar, clocks that change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.model.calendar import Calendar, Period, parse_period
from routing.model.callback_times import awake_zones, is_quiet, next_allowed, next_change, next_open

KYIV, NEW_YORK, TOLL_FREE, KAZAKH, KRAKOW = (
    "+380671234567",
    "+12125551234",
    "+18005551234",
    "+77011234567",
    "+48121234567",
)
NIGHT = parse_period("21:00-09:00")
OFFICE = Calendar("office", "Europe/Kyiv", ((Period(540, 1080),),) * 5 + ((), ()))


def at(text: str, zone: str = "Europe/Kyiv") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("number", "asks", "gets"),
    [
        (KYIV, "2026-11-23 10:00", "2026-11-23 10:00"),
        (KYIV, "2026-11-23 21:00", "2026-11-24 09:00"),
        (KYIV, "2026-11-23 08:59", "2026-11-23 09:00"),
        (NEW_YORK, "2026-11-23 10:00", "2026-11-23 16:00"),
        (KRAKOW, "2026-11-23 09:30", "2026-11-23 10:00"),
    ],
)
def test_quiet_hours_are_those_of_the_clients_zone(number, asks, gets):
    assert next_allowed(at(asks), number, NIGHT, None) == at(gets)


@pytest.mark.parametrize(
    ("number", "asks", "gets"),
    [
        (KYIV, "2026-11-23 12:00:30", "2026-11-23 12:00:30"),
        (KYIV, "2026-11-20 18:00", "2026-11-23 09:00"),
        (NEW_YORK, "2026-11-23 10:00", "2026-11-23 16:00"),
        (NEW_YORK, "2026-11-20 18:00", "2026-11-23 16:00"),
        ("+81312345678", "2026-11-23 14:30", "2026-11-24 09:00"),  # 21:30 in Tokyo; the office opens at 16:00 there
    ],
)
def test_both_must_allow_it(number, asks, gets):
    assert next_allowed(at(asks), number, NIGHT, OFFICE) == at(gets)


def test_no_moment_where_the_client_sleeps_while_the_company_is_open():
    assert next_allowed(at("2026-11-23 10:00"), "+6491234567", parse_period("20:00-09:00"), OFFICE) is None


def test_never_where_the_calendar_never_opens():
    assert next_allowed(at("2026-11-23 10:00"), KYIV, None, Calendar("shut", "Europe/Kyiv", ((),) * 7)) is None


def test_a_number_of_several_zones_is_called_when_it_is_quiet_in_none_of_them():
    assert len(awake_zones(TOLL_FREE, NIGHT)) == 1  # from Guam to Bermuda it is always night somewhere
    assert len(awake_zones(KAZAKH, NIGHT)) == 1
    assert awake_zones("+999", NIGHT) == ("UTC",)


def test_a_period_over_midnight_and_a_single_day():
    bar = Calendar("bar", "Europe/Kyiv", ((Period(22 * 60, 26 * 60),),) * 7, {datetime(2026, 11, 25).date(): ()})
    assert next_allowed(at("2026-11-23 20:00"), KYIV, None, bar) == at("2026-11-23 22:00")
    assert next_allowed(at("2026-11-24 01:30"), KYIV, None, bar) == at("2026-11-24 01:30")
    assert next_allowed(at("2026-11-25 02:00"), KYIV, None, bar) == at("2026-11-26 22:00")


@given(
    minutes=st.integers(0, 525600),
    number=st.sampled_from([KYIV, NEW_YORK, TOLL_FREE, KAZAKH, KRAKOW, "+61212345678", "+5511987654321", "+999"]),
    start=st.integers(0, 1439),
    length=st.integers(1, 900),
    calendar=st.sampled_from([None, OFFICE]),
)
def test_the_first_moment_that_is_allowed(minutes, number, start, length, calendar):
    quiet = Period(start, start + length)
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = next_allowed(begin.timestamp(), number, quiet, calendar)
    zones = awake_zones(number, quiet)

    def allowed(moment):
        opened = calendar is None or calendar.status(moment) == "open"
        return opened and not any(is_quiet(moment, quiet, zone) for zone in zones)

    last = begin + timedelta(days=3) if found is None else datetime.fromtimestamp(found, UTC)
    assert found is None or (last >= begin and allowed(last))
    probe = begin
    while probe < last:
        assert not allowed(probe)
        probe += timedelta(minutes=7)


def test_an_hour_that_is_twice_and_one_that_is_not_there():
    quiet = parse_period("01:00-03:30")
    assert (
        next_allowed(at("2026-03-29 02:30"), KYIV, quiet, None) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC).timestamp()
    )
    twice = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 03:45, before clocks go back to 03:00
    assert next_allowed(twice.timestamp(), KYIV, quiet, None) == twice.timestamp()
    again = datetime(2026, 10, 25, 1, 5, tzinfo=UTC)  # 03:05 for the second time
    assert next_allowed(again.timestamp(), KYIV, quiet, None) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC).timestamp()


def test_open_now_is_now():
    noon = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Kyiv"))
    assert next_open(OFFICE, noon) is noon


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    zone=st.sampled_from(["Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    near=st.sampled_from([None, "2026-03-29T00:30", "2026-10-25T00:30", "2026-04-04T14:45", "2026-11-01T05:30"]),
    hours=st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1200)), max_size=2),
    shut=st.integers(0, 6),
)
def test_the_next_change_is_the_first_minute_that_differs(moment, zone, near, hours, shut):
    """Also where clocks are put forward or back, by half an hour too; and for periods past midnight."""
    began = datetime.fromisoformat(near).replace(tzinfo=UTC) if near else moment.replace(tzinfo=UTC)
    periods = tuple(Period(start, start + lasts) for start, lasts in hours)
    weekly = tuple(() if day == shut else periods for day in range(7))
    calendar = Calendar("c", zone, weekly, {began.date(): ()} if shut % 2 else {}, frozenset())
    found = next_change(calendar, began)
    first = began.replace(second=0, microsecond=0)
    minutes = (first + timedelta(minutes=each) for each in range(1, 3 * 1440))
    differs = (each for each in minutes if calendar.status(each) != calendar.status(began))
    expected = next(differs, None)
    assert found == expected if expected else (found is None or found > first + timedelta(minutes=3 * 1440 - 1))
