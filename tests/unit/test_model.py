"""Facts and their limits: durations, numbers, calendars, decisions, problems."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from routing.compile.calendars import calendar_context
from routing.compile.people import SAFE_LABEL, displayed
from routing.model import numbers
from routing.model.calendar import DAY_MINUTES, Calendar, Period, parse_days, parse_period
from routing.model.decision import (
    Continue,
    End,
    GoScheme,
    RingNumber,
    RingPerson,
    RingPhone,
    clean_name,
    encode,
)
from routing.model.durations import parse_duration, spoken
from routing.model.fields import safe_text
from routing.model.problem import Problem, Problems, did_you_mean, dotted
from routing.model.ringing import Wave
from routing.offline.when import matches


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20s", 20), ("2m", 120), ("1h", 3600), ("30d", 2592000), ("3 rings", 13), ("1 ring", 3), (" 5 s ", 5)],
)
def test_lengths_of_time(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "s", "20", "-5s", "0s", "1.5m", "20 sec", "٣s", "401d", "999999d", None, [], "3rings!"]
)
def test_what_is_no_length_of_time(text: object) -> None:
    with pytest.raises(ValueError, match=r"`.*`"):
        parse_duration(text)


@given(st.integers(0, 10**6))
def test_spoken_times_add_up(seconds: int) -> None:
    unit = {"h": 3600, "min": 60, "s": 1}
    assert sum(int(amount) * unit[name] for amount, name in re.findall(r"(\d+) (\w+)", spoken(seconds))) == seconds


REGIONS = ("UA", "PL", "DE", "US", "CA", "GB", "FR", "KZ", "RU", "IT", "CZ", "TR", "GE", "BR", "IN", "AU", "MX", "AR")
DIALLED = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE, PhoneNumberType.VOIP)


def _example(region: str, kind: int) -> str | None:
    found = phonenumbers.example_number_for_type(region, kind)
    return found and phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.parametrize("region", REGIONS)
def test_destinations_are_what_people_have_and_never_premium(region: str) -> None:
    allowed = re.compile(numbers.destination_pattern(region))
    for kind in DIALLED:
        if number := _example(region, kind):
            assert allowed.search(number), (number, kind)
    premium = _example(region, PhoneNumberType.PREMIUM_RATE)
    assert premium is None or not allowed.search(premium)
    for other in REGIONS:
        if other != region and (number := _example(other, PhoneNumberType.MOBILE)):
            same = phonenumbers.is_valid_number_for_region(phonenumbers.parse(number), region)
            assert bool(allowed.search(number)) == same, (other, number)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("kind", DIALLED)
def test_every_way_to_write_a_number_is_one_number(region: str, kind: int) -> None:
    if not (number := _example(region, kind)):
        return
    parsed = phonenumbers.parse(number)
    for form in (phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.NATIONAL):
        assert numbers.normalise(phonenumbers.format_number(parsed, form), region) == number
    if phonenumbers.region_code_for_number(parsed) == region:  # countries with one code share +1 800
        assert re.search(numbers.country_pattern(region), number)
    assert numbers.national_digits(number)[-4:] == number[-4:]


@pytest.mark.parametrize(
    "text", ["", "+", "abc", "0501112233", "+380", "+3805011122334455", "+380501112233;ext=5", "１２"]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="`"):
        numbers.normalise(text, None)


def test_dialling_abroad() -> None:
    assert [numbers.abroad_prefix(region) for region in ("UA", "US", "AU")] == ["00", "011", "0011"]
    assert numbers.dialling("UA") == ("380", "0")
    for wrong in ("UK", "ua", ""):
        assert not numbers.is_region(wrong)


# --- calendars

MINUTES = st.integers(0, DAY_MINUTES - 1)
PERIODS = st.builds(lambda start, length: Period(start, start + length), MINUTES, st.integers(1, DAY_MINUTES))
NEAR = date(2026, 10, 20)
DATES = st.integers(0, 14).map(lambda days: NEAR + timedelta(days=days))
CALENDARS = st.builds(
    Calendar,
    st.just("office"),
    st.sampled_from(["Europe/Kyiv", "America/New_York", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    st.tuples(*[st.lists(PERIODS, max_size=2).map(tuple)] * 7),
    st.dictionaries(DATES, st.lists(PERIODS, max_size=2).map(tuple), max_size=3),
    st.frozensets(DATES, max_size=3),
)
MOMENTS = st.datetimes(datetime(2026, 10, 19), datetime(2026, 11, 5), timezones=st.just(UTC))


def _oracle(calendar: Calendar, moment: datetime) -> str:
    """Minute by minute, as people would read the calendar aloud."""
    local = moment.astimezone(ZoneInfo(calendar.timezone))
    today, minute = local.date(), local.hour * 60 + local.minute
    if today in calendar.holidays and today not in calendar.days:
        return "holiday"
    yesterday = today - timedelta(days=1)
    own = calendar.days.get(today, calendar.weekly[today.weekday()])
    if yesterday in calendar.days:
        before = calendar.days[yesterday]
    elif today in calendar.days or yesterday in calendar.holidays:
        before = ()
    else:
        before = calendar.weekly[yesterday.weekday()]
    now = any(period.start <= minute < period.end for period in own)
    still = any(period.start <= minute + DAY_MINUTES < period.end for period in before)
    return "open" if now or still else "closed"


def _compiled(calendar: Calendar, moment: datetime) -> str:
    """What FreeSWITCH would do: the first extension whose conditions hold."""
    for extension in calendar_context(calendar).extensions:
        if all(
            condition.times and matches(condition.times, moment, calendar.timezone)
            for condition in extension.conditions
        ):
            return extension.actions[0].data.removeprefix("routing_hours=")
    raise AssertionError("no extension matched")


@pytest.mark.thorough
@settings(max_examples=80)
@given(CALENDARS, MOMENTS)
def test_a_calendar_means_what_it_says_and_compiles_to_that(calendar: Calendar, moment: datetime) -> None:
    assert calendar.status(moment) == _oracle(calendar, moment)
    assert _compiled(calendar, moment) == calendar.status(moment)


NIGHT = Calendar("office", "Europe/Kyiv", ((),) * 4 + ((Period(22 * 60, 30 * 60),), (), ()))


@pytest.mark.thorough
@pytest.mark.parametrize("year", [2026, 2028])
@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/New_York"])
def test_every_quarter_of_an_hour_around_the_edges_of_a_year(year: int, zone: str) -> None:
    weekly = ((Period(9 * 60, 18 * 60), Period(23 * 60, 26 * 60)),) * 7
    days = {date(year, 12, 31): (Period(22 * 60, 28 * 60),), date(year, 3, 1): ()}
    calendar = Calendar("office", zone, weekly, days, frozenset({date(year, 1, 1), date(year, 12, 25)}))
    starts = [(1, 1), (2, 28), (3, 8), (3, 29), (3, 31), (10, 25), (10, 27), (11, 1), (12, 24), (12, 31)]
    for month, day in starts:
        for quarter in range(0, 48 * 4, 5):
            moment = datetime(year, month, day, tzinfo=UTC) + timedelta(minutes=15 * quarter)
            assert _compiled(calendar, moment) == calendar.status(moment) == _oracle(calendar, moment), moment


def test_a_closed_or_festive_day_takes_its_night_with_it() -> None:
    saturday_early = datetime(2026, 10, 24, 1, 0, tzinfo=UTC)
    friday = date(2026, 10, 23)
    assert NIGHT.status(saturday_early) == "open"
    for special in ({"days": {friday: ()}}, {"holidays": frozenset({friday})}):
        calendar = Calendar("office", NIGHT.timezone, NIGHT.weekly, **special)
        assert calendar.status(saturday_early) == _compiled(calendar, saturday_early) == "closed"


def test_the_override_by_hand_comes_first() -> None:
    first, second = calendar_context(NIGHT).extensions[:2]
    assert [first.conditions[0].field, first.conditions[0].expression] == ["${hours_office}", "^open$"]
    assert second.conditions[0].expression == "^closed$"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00-18:00", 540, 1080),
        ("22:00-06:00", 1320, 1800),
        ("00:00-24:00", 0, 1440),
        ("18:00-00:00", 1080, 1440),
        ("00:00-23:59", 0, 1440),
        ("18:00-23:59", 1080, 1440),
        ("23:59-06:00", 1439, 1800),
    ],
)
def test_periods(text: str, start: int, end: int) -> None:
    assert parse_period(text) == Period(start, end)


@pytest.mark.parametrize(
    "text", ["9-18", "09:00", "25:00-26:00", "09:60-10:00", "24:00-06:00", "08:00-24:30", "09:00-09:00"]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"`{text}`")):
        parse_period(text)


def test_days() -> None:
    assert parse_days("mon-fri") == (0, 1, 2, 3, 4)
    assert parse_days("fri-mon") == (4, 5, 6, 0)
    assert parse_days("mon, wed") == (0, 2)
    assert parse_days("sun") == (6,)
    for wrong in ("", "monday", "mon-", "-mon", "mon-fri-sat", "Mon"):
        with pytest.raises(ValueError, match="is not a day"):
            parse_days(wrong)


# --- decisions and problems


def test_decisions_are_ids_and_digits() -> None:
    assert encode("3", RingPerson("ivan", 30, "A. B")) == {
        "routing_decision": "3:ring:person:ivan", "routing_ring_for": "30", "routing_label": "A. B",
    }  # fmt: skip
    assert encode("3.open.1", GoScheme("lviv")) == {"routing_decision": "3.open.1:scheme:lviv"}
    assert encode("3", Continue()) == {"routing_decision": "3:continue"}


def test_a_person_rings_as_long_as_decided_whatever_the_delays() -> None:
    waves = {"ivan": (Wave(0), Wave(5, 60), Wave(10), Wave(10, 3))}

    def said(seconds: int) -> str:
        return encode("3", RingPerson("ivan", seconds), waves.__getitem__)["routing_ring_for"]

    assert (said(20), said(11), said(10), said(3), said(300)) == ("20,15,3,10", "11,6,1,1", "10,5", "3", "300,60,3,290")
    assert encode("3", RingPhone("ivan.mobile", 20), waves.__getitem__)["routing_ring_for"] == "20"


@pytest.mark.parametrize(
    ("step", "decision"),
    [
        ("3 4", Continue()),
        ("3", RingPerson("ivan\n", 5)),
        ("3", RingPerson("ivan.desk", 5)),
        ("3", RingPhone("ivan", 5)),
        ("3", RingPhone("ivan.desk.x", 5)),
        ("3", RingPhone("ivan.${x}", 5)),
        ("3", RingNumber("380501112233", 5)),
        ("3", RingNumber("+٣٨٠٥٠١١١٢٢٣٣", 5)),
        ("3", RingNumber("+380501112233,", 5)),
        ("3", RingPerson("ivan", 0)),
        ("3", RingPerson("ivan", 301)),
        ("3", GoScheme("../x")),
        ("3", End("USER_BUSY system")),
        ("3", End("")),
    ],
)
def test_nothing_else_leaves_the_engine(step: str, decision: object) -> None:
    with pytest.raises(ValueError, match="is not"):
        encode(step, decision)  # type: ignore[arg-type]


@given(st.text(max_size=60))
@example("a$${x}${system ls},[b]'\"\r\n\x85\u2028\u202ec")
def test_a_cleaned_name_is_one_that_the_dialplan_accepts(name: str) -> None:
    cleaned = clean_name(name)
    assert not cleaned or re.search(SAFE_LABEL.encode(), cleaned.encode("utf-8", "strict"))
    assert cleaned == clean_name(cleaned)
    assert not set(cleaned) & set("${}[]<>,|^&\"'`;=:%@\\\r\n\x85\u2028\u202e")


@given(st.text(max_size=40))
@example("x-Pre-Process")
@example("$")
@example("\ufffe")
def test_text_that_is_accepted_is_inert(text: str) -> None:
    try:
        safe_text(text)
    except ValueError:
        return
    assert "$" not in text
    assert "X-PRE-PROCESS" not in text.upper()
    assert len((text or "x").splitlines()) == 1
    assert not set(displayed(text)) & set('"<>\\')


def test_problems_are_sorted_said_once_and_on_one_line() -> None:
    one = Problem("b.yaml", 2, 3, "steps[0]", "is wrong", "mend it")
    two = Problem("a.yaml", 10, 1, "", "evil\n\x1b[31m")
    told = Problems([one, two, one])
    assert str(told) == "a.yaml:10:1: evil\\u000a\\u001b[31m\nb.yaml:2:3: steps[0]: is wrong (hint: mend it)"
    assert dotted(("steps", 2, "ring", "to", 0)) == "steps[2].ring.to[0]"
    assert did_you_mean("ivn", ["ivan", "olena"]) == "did you mean `ivan`?"
    assert did_you_mean("xyz", ["ivan"]) == ""
    assert did_you_mean("ivn", ["ivan"] + [f"x{number}" for number in range(5000)]) == ""
