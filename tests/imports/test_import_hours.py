"""Time conditions of both systems and the calendars that stand for them: the same at every quarter of an hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.imports.calendars import TimeRule, calendar_fields
from routing.imports.csv_numbers import rules_of
from routing.imports.draft import ImportDraft
from routing.imports.freepbx_flows import rule_of as freepbx_rule
from routing.imports.fusion_hours import field_of
from routing.imports.ranges import clock_minutes, numbers_in
from routing.imports.rows import Row
from routing.model.calendar import Calendar
from routing.model.calendar_fields import CalendarFields

TODAY = date(2026, 11, 23)
ZONE = "UTC"


def calendar(*rules: TimeRule) -> Calendar:
    fields, is_whole = calendar_fields(rules, TODAY)
    assert is_whole
    return CalendarFields.model_validate(fields).calendar("office", ZONE)


def differs(rules: list[TimeRule], days: int, step: int = 15) -> list[str]:
    """Moments at which the calendar says something else than the conditions."""
    found, compiled = [], calendar(*rules)
    for at in range(0, days * 24 * 60, step):
        moment = datetime(2026, 11, 23) + timedelta(minutes=at)
        is_open = compiled.status(moment.replace(tzinfo=ZoneInfo(ZONE))) == "open"
        if is_open != any(rule.matches(moment) for rule in rules):
            found.append(f"{moment}")
    return found


days = st.frozensets(st.integers(0, 6), min_size=1) | st.none()
pieces = st.tuples(st.integers(0, 95), st.integers(1, 96)).filter(lambda pair: pair[0] < pair[1])
minutes = st.lists(pieces, min_size=1, max_size=2).map(lambda found: tuple((a * 15, b * 15) for a, b in found))
month_days = st.none() | st.frozensets(st.integers(1, 31), min_size=1, max_size=3)
months = st.none() | st.frozensets(st.integers(1, 12), min_size=1, max_size=3)
rules = st.builds(TimeRule, minutes=minutes, weekdays=days, month_days=month_days, months=months)


@given(st.lists(rules, min_size=1, max_size=3))
def test_a_calendar_is_open_when_a_condition_matches(found: list[TimeRule]) -> None:
    if calendar_fields(found, TODAY)[1]:
        assert differs(found, 60, step=45) == []


def freepbx(text: str) -> TimeRule:
    draft = ImportDraft("FreePBX", "x", "UA", ZONE, TODAY)
    rule = freepbx_rule(Row("timegroups_details", 1, {"time": text}), "hours", draft)
    assert rule is not None and not draft.report.found
    return rule


@pytest.mark.parametrize(
    ("text", "moment", "is_open"),
    [
        ("09:00-17:59|mon-fri|*|*", "2026-11-24 17:59", True),
        ("09:00-17:59|mon-fri|*|*", "2026-11-24 18:00", False),
        ("09:00-17:00|mon-fri|*|*", "2026-11-24 16:59", True),
        ("00:00-23:59|sat&sun|*|*", "2026-11-29 23:59", True),
        ("22:00-06:00|*|*|*", "2026-11-24 05:59", True),
        ("22:00-06:00|*|*|*", "2026-11-24 12:00", False),
        ("*|fri-mon|*|*", "2026-11-23 12:00", True),
        ("*|fri-mon|*|*", "2026-11-24 12:00", False),
        ("*|*|24-26|dec", "2026-12-26 23:00", True),
        ("*|*|*|dec-jan", "2027-01-31 10:00", True),
        ("*|*|*|dec-jan", "2027-02-01 10:00", False),
        ("09:00|*|*|*", "2026-11-24 09:00", True),
        ("09:00|*|*|*", "2026-11-24 09:01", False),
    ],
)
def test_times_of_freepbx(text: str, moment: str, is_open: bool) -> None:
    assert freepbx(text).matches(datetime.fromisoformat(moment)) is is_open
    assert differs([freepbx(text)], 45) == []


def fusion(**conditions: str) -> TimeRule:
    fields: dict[str, object] = {}
    for kind, text in conditions.items():
        fields |= field_of(kind.replace("_", "-"), text)
    return TimeRule(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("conditions", "moment", "is_open"),
    [
        ({"minute_of_day": "541-1080", "wday": "2-6"}, "2026-11-24 09:00", True),
        ({"minute_of_day": "541-1080", "wday": "2-6"}, "2026-11-24 08:59", False),
        ({"minute_of_day": "541-1080", "wday": "2-6"}, "2026-11-24 18:00", False),
        ({"minute_of_day": "540-1080"}, "2026-11-24 08:59", False),  # FusionPBX 4 wrote a minute less
        ({"minute_of_day": "1-1439"}, "2026-11-24 00:00", True),
        ({"wday": "7-1"}, "2026-11-29 10:00", True),  # FreeSWITCH took no such range once
        ({"wday": "6-1"}, "2026-11-26 10:00", False),
        ({"wday": "mon-fri"}, "2026-11-27 10:00", True),
        ({"wday": "^(1|3|5)$"}, "2026-11-24 10:00", True),
        ({"wday": "^(1|3|5)$"}, "2026-11-25 10:00", False),
        ({"time_of_day": "08:00-17:59"}, "2026-11-25 17:59", True),
        ({"hour": "9-16"}, "2026-11-25 16:59", True),  # 16 means until 17:00
        ({"hour": "22-5"}, "2026-11-25 03:00", True),
        ({"mon": "5", "mday": "25-31", "wday": "2"}, "2027-05-31 10:00", True),  # the last Monday of May
        ({"mon": "5", "mday": "25-31", "wday": "2"}, "2027-05-24 10:00", False),
        ({"date_time": "2026-12-24 15:00~2026-12-27 09:00"}, "2026-12-25 00:00", True),
        ({"date_time": "2026-12-24 15:00~2026-12-27 09:00"}, "2026-12-24 14:59", False),
        ({"year": "2026", "mon": "12"}, "2027-12-01 10:00", False),
    ],
)
def test_conditions_of_fusionpbx(conditions: dict[str, str], moment: str, is_open: bool) -> None:
    assert fusion(**conditions).matches(datetime.fromisoformat(moment)) is is_open
    assert differs([fusion(**conditions)], 45) == []


@pytest.mark.parametrize("text", ["", "x", "0-6", "2-9", "1-", "-", "2-6-1", "1;2", "٣"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(ValueError):
        numbers_in(text, 1, 7)


@pytest.mark.parametrize("text", ["9", "25:00-26:00", "09:60-10:00", "09:00-", "24:01-24:02", "a:b-c:d", "9-17"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):
        clock_minutes(text)


@pytest.mark.parametrize(
    ("text", "moment", "is_open"),
    [
        ("mon-fri 09:00-18:00; sat 10:00-15:00", "2026-11-28 14:59", True),
        ("mon-fri 09:00-18:00; sat 10:00-15:00", "2026-11-29 12:00", False),
        ("Пн-Пт 9:00-13:00, 14:00-18:00", "2026-11-24 13:30", False),
        ("Пн-Пт 9:00-13:00, 14:00-18:00", "2026-11-24 17:30", True),
        ("09:00-18:00", "2026-11-29 10:00", True),
        ("sat-sun", "2026-11-29 03:00", True),
        ("mon 9.00-18.00", "2026-11-23 10:00", True),
    ],
)
def test_hours_of_sheets(text: str, moment: str, is_open: bool) -> None:
    assert any(rule.matches(datetime.fromisoformat(moment)) for rule in rules_of(text)) is is_open


def test_a_condition_over_many_dates_is_cut_and_reported() -> None:
    odd = TimeRule(months=frozenset({1, 3, 5, 7, 9, 11}))
    fields, is_whole = calendar_fields([odd], TODAY)
    assert is_whole is (len(fields["days"]) <= 1200)
