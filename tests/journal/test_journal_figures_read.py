"""Sums of prepared figures: by hour of the week in any zone, by name; the database adds them up, not the page."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, insert

from routing.journal.database import open_database
from routing.journal.figure_days import day, hour_of, steady
from routing.journal.figures import ALL, CallSums
from routing.journal.figures_read import FigureReader
from routing.journal.figures_schema import hours
from support.postgresql import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
#: Lord Howe moves its clock by half an hour, Nepal's offset has 45 minutes, Casablanca has another one in Ramadan.
ZONES = ("UTC", "Europe/Kyiv", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "America/St_Johns")


def _fill(engine: Engine, zone: ZoneInfo) -> dict[tuple[int, int], CallSums]:
    chance, expected = random.Random(1), defaultdict[tuple[int, int], CallSums](CallSums)
    begin, end = day(FIRST, zone).begin, day(LAST, zone).end
    rows = []
    for at in sorted({hour_of(chance.uniform(begin, end), zone)[0] for _ in range(4000)} | {begin}):
        moment, sums = (
            datetime.fromtimestamp(at, zone),
            CallSums(incoming=chance.randrange(9), missed=chance.randrange(3)),
        )
        expected[moment.weekday(), moment.hour].add(sums)
        rows.append({"project": "shop", "view": "", "kind": ALL, "at": at, "name": "",
                     "incoming": sums.incoming, "missed": sums.missed})  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(hours), rows)
    return dict(expected)


@pytest.mark.parametrize("name", ZONES)
def test_hours_of_the_week_are_those_of_the_projects_clock(tmp_path: Path, name: str) -> None:
    zone, engine = ZoneInfo(name), open_database(str(tmp_path / "journal.db"))
    expected = _fill(engine, zone)
    read: list[int] = []
    event.listen(engine, "after_cursor_execute", lambda *_: read.append(1))
    begin, end = day(FIRST, zone).begin, day(LAST, zone).end
    assert FigureReader(engine, "shop").by_hour_of_week(begin, end, zone) == expected
    assert len(read) <= 1 + len(steady(begin, end, zone)) <= 6
    engine.dispose()


def test_postgresql_has_the_same_hours(postgresql: str) -> None:
    zone, engine = ZoneInfo("Europe/Kyiv"), open_database(postgresql)
    expected = _fill(engine, zone)
    found: Any = FigureReader(engine, "shop").by_hour_of_week(day(FIRST, zone).begin, day(LAST, zone).end, zone)
    engine.dispose()
    assert found == expected


@pytest.mark.parametrize("name", ZONES)
def test_the_parts_of_one_offset_cover_a_time_without_gaps(name: str) -> None:
    zone = ZoneInfo(name)
    begin, end = day(date(2024, 1, 1), zone).begin, day(LAST, zone).end
    parts = steady(begin, end, zone)
    assert parts[0][0] == begin and parts[-1][1] == end
    assert all(one[1] == other[0] and one[2] != other[2] for one, other in pairwise(parts))
    for first, after, offset_s in parts:
        for at in (first, after - 900):
            found = datetime.fromtimestamp(at, zone).utcoffset()
            assert found is not None and found.total_seconds() == offset_s
    assert steady(begin, begin, zone) == []
