"""What a page offers: now, when it opens, half hours of the next two open days."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from routing.callbacks.times import times
from support.callback_orders import a_plan


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Kyiv")).timestamp()


@pytest.mark.parametrize(
    ("now", "opens", "first", "last", "count"),
    [
        ("2026-11-23 10:05", None, "2026-11-23T10:30", "2026-11-24T17:30", 33),
        ("2026-11-23 07:00", "2026-11-23T09:00", "2026-11-23T09:00", "2026-11-24T17:30", 36),
        ("2026-11-20 17:45", None, "2026-11-23T09:00", "2026-11-24T17:30", 36),
        ("2026-12-23 18:00", "2026-12-25T09:00", "2026-12-25T09:00", "2026-12-28T17:30", 36),
    ],
)
def test_the_next_two_open_days(now, opens, first, last, count):
    found = times(a_plan(), "sales", at(now))
    opening = f"{opens}:00+02:00" if opens else None
    assert (found["open"], found["opens"], found["zone"]) == (opens is None, opening, "Europe/Kyiv")
    ends = (f"{first}:00+02:00", f"{last}:00+02:00")
    assert (found["slots"][0], found["slots"][-1], len(found["slots"])) == (*ends, count)


def test_without_a_calendar_the_quiet_hours_close():
    plan = a_plan(calendars={})
    assert times(plan, "sales", at("2026-11-23 22:10"))["opens"] == "2026-11-24T09:00:00+02:00"
    found = times(a_plan(calendars={}, quiet=None), "sales", at("2026-11-23 22:10"))
    assert found["open"] and found["slots"][0] == "2026-11-23T22:30:00+02:00"


def test_a_calendar_that_never_opens_offers_nothing():
    plan = a_plan()
    shut = {name: type(calendar)(name, "Europe/Kyiv", ((),) * 7) for name, calendar in plan.calendars.items()}
    assert times(a_plan(calendars=shut), "sales", at("2026-11-23 10:00")) == {
        "open": False, "zone": "Europe/Kyiv", "opens": None, "slots": [],
    }  # fmt: skip


def test_every_time_that_is_offered_is_one_at_which_somebody_is_called():
    plan = a_plan()
    for hour in range(0, 24, 5):
        for slot in times(plan, "sales", at(f"2026-10-23 {hour:02}:10"))["slots"]:
            moment = datetime.fromisoformat(slot).timestamp()
            assert plan.next_allowed(moment, "+380671234567", "sales") == moment
