"""The day of the switch's cases: it neither ends nor begins while they run, whenever that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from support.switchbed.local_day import midday


@pytest.mark.parametrize("date", ["2026-01-15", "2026-03-29", "2026-07-15", "2026-10-25"])
def test_at_every_hour_it_is_the_middle_of_the_day(date):
    for hour in range(24):
        now = datetime.fromisoformat(date).replace(hour=hour, tzinfo=UTC)
        day = midday(now)
        assert {(now + timedelta(hours=by)).astimezone(ZoneInfo(day.zone)).date() for by in (-8, 8)} == {day.date}
