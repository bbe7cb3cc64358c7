"""The main time zone of a country, and its other clocks, by the table of the tz database."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from routing.model.calendar import INEXPRESSIBLE_ZONES

#: Main zones of countries whose first zone in the table (ordered by map) is not that of most people, or is missing.
MAIN_ZONES = {
    "AC": "Atlantic/St_Helena",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "PS": "Asia/Hebron",
    "RU": "Europe/Moscow",
    "TA": "Atlantic/St_Helena",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
    "XK": "Europe/Belgrade",
}
_WINTER, _SUMMER = 1, 7


def main_zone(country: str) -> str:
    """The zone of most people of a country (ISO code); "" where FreeSWITCH can represent none of its zones."""
    return next(iter(_zones(country)), "")


def other_clocks(country: str, year: int) -> list[str]:
    """One zone for each other clock of a country in a year, besides the main zone's."""
    found: dict[tuple[timedelta | None, ...], str] = {}
    for zone in _zones(country):
        clock = tuple(datetime(year, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in (_WINTER, _SUMMER))
        found.setdefault(clock, zone)
    return list(found.values())[1:]


def _zones(country: str) -> list[str]:
    """Zones of a country that FreeSWITCH can represent, the main one first."""
    zones = [zone for code, zone in _table() if code == country and zone not in INEXPRESSIBLE_ZONES]
    main = MAIN_ZONES.get(country)
    return [main, *(zone for zone in zones if zone != main)] if main else zones


@cache
def _table() -> tuple[tuple[str, str], ...]:
    text = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple((row[0], row[2]) for row in rows)
