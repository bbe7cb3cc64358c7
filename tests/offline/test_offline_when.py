"""Time attributes against zoneinfo as the oracle, over the edges of daylight saving time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.offline.events import ended
from routing.offline.when import day_matches, matches, number_matches, time_matches
from support.offline_release import MONDAY, Telephone

ZONES = ("Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC")
#: Changes of the clock in the zones above, in UTC.
EDGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 12, 31, 22, tzinfo=UTC),
]
moments = st.one_of(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
    st.tuples(st.sampled_from(EDGES), st.integers(-7200, 7200)).map(lambda at: at[0] + timedelta(seconds=at[1])),
)


def ranges(low: int, high: int):
    return st.tuples(st.integers(low, high), st.integers(low, high))


def within(value: int, low: int, high: int) -> bool:
    return low <= value <= high if low <= high else value >= low or value <= high


@given(moments, st.sampled_from(ZONES), ranges(1, 1440), ranges(1, 7))
def test_opening_hours_agree_with_zoneinfo(now, zone, minutes, days):
    local = now.astimezone(ZoneInfo(zone))
    open_ = within(local.hour * 60 + local.minute + 1, *minutes) and within(local.isoweekday() % 7 + 1, *days)
    times = (("wday", "{}-{}".format(*days)), ("minute-of-day", "{}-{}".format(*minutes)))
    assert matches(times, now, zone) is open_


@given(moments, st.sampled_from(ZONES))
def test_dates_agree_with_zoneinfo(now, zone):
    local = now.astimezone(ZoneInfo(zone))
    today = (("year", str(local.year)), ("mon", str(local.month)), ("mday", str(local.day)))
    assert matches(today, now, zone) is True
    assert matches((*today, ("yday", str(local.timetuple().tm_yday)), ("hour", str(local.hour))), now, zone) is True
    assert matches((("mday", str(local.day % 28 + 1)),), now, zone) is (local.day == local.day % 28 + 1)


@given(moments, st.sampled_from(ZONES), ranges(0, 86_399))
def test_time_of_day_includes_its_end_second(now, zone, seconds):
    local = now.astimezone(ZoneInfo(zone))
    clock = "-".join(f"{at // 3600}:{at // 60 % 60}:{at % 60}" for at in seconds)
    second = local.hour * 3600 + local.minute * 60 + local.second
    assert matches((("time-of-day", clock),), now, zone) is within(second, *seconds)


@pytest.mark.parametrize(
    ("expression", "value", "held"),
    [
        ("9-17", 9, True),
        ("9-17", 17, True),
        ("18-8", 3, True),
        ("18-8", 12, False),
        ("1,3,5-7", 6, True),
        ("", 0, True),
    ],
)
def test_number_ranges(expression, value, held):
    assert number_matches(expression, value) is held


@pytest.mark.parametrize(
    ("expression", "day", "held"),
    [
        ("1", 1, True),
        ("2-6", 1, False),
        ("mon-fri", 6, True),
        ("sat-sun", 1, True),
        ("sat-sun", 4, False),
        ("x", 1, False),
    ],
)
def test_days_by_number_and_name(expression, day, held):
    assert day_matches(expression, day) is held


def test_times_without_a_range_match_nothing():
    assert not time_matches("9:00", 9 * 3600)
    assert time_matches("22:00-06:00", 3 * 3600)


def test_no_attributes_say_nothing_and_an_unknown_zone_matches_nothing():
    assert matches((), MONDAY, "Europe/Kyiv") is None
    assert matches((("mon", "11"),), MONDAY, "Europe/Nowhere") is False


def test_date_time_is_the_servers_and_dst_false_never_matches():
    times = (("date-time", "2026-11-23 09:00~2026-11-23 10:00:01"),)
    assert matches(times, MONDAY, "America/New_York") is True
    assert matches((("dst", "false"),), MONDAY, None) is False


def test_tz_offset_and_the_channels_own_offset():
    assert matches((("tz-offset", "2"),), MONDAY, "Europe/Kyiv") is True
    assert matches((("hour", "12"),), MONDAY, None, "4") is True


@pytest.mark.parametrize(("hour", "cause"), [(9, "USER_BUSY"), (18, "CALL_REJECTED"), (8, "CALL_REJECTED")])
def test_a_calendar_decides_by_the_zone_set_before_the_transfer(hour, cause):
    check = (
        '<extension name="check"><condition wday="2-6" minute-of-day="541-1080">'
        '<action application="hangup" data="USER_BUSY"/><anti-action application="hangup" data="CALL_REJECTED"/>'
        "</condition></extension>"
    )
    plan = Telephone("set timezone=Europe/Kyiv", "transfer check", extensions=check)
    at = datetime(2026, 11, 23, hour, 0, tzinfo=ZoneInfo("Europe/Kyiv")).astimezone(UTC)
    assert ended(plan.call(at=at)).subject == cause
