"""A day that does not end while a run lasts: what a case says of today and tomorrow stays true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

#: In one of them it is always between 9 and 15 o'clock.
AROUND_THE_WORLD = (
    "Europe/Kyiv",
    "Asia/Dhaka",
    "Asia/Tokyo",
    "Pacific/Auckland",
    "America/Anchorage",
    "America/Denver",
    "America/New_York",
    "America/Sao_Paulo",
)


@dataclass(frozen=True)
class LocalDay:
    """``zone`` is an IANA name, ``date`` the day there."""

    zone: str
    date: date


def midday(now: datetime) -> LocalDay:
    """The day of the zone in which ``now``, aware, is nearest to noon."""

    def from_noon_h(zone: str) -> float:
        there = now.astimezone(ZoneInfo(zone))
        return abs(there.hour + there.minute / 60 - 12)

    zone = min(AROUND_THE_WORLD, key=from_noon_h)
    return LocalDay(zone, now.astimezone(ZoneInfo(zone)).date())
