"""When a client may be called: outside their own quiet hours, while the company's calendar is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.model.calendar import DAY_MINUTES, Calendar, Period
from routing.model.openings import edges, moment_of
from routing.model.regions import offset_minutes, zones_of

#: Days that are searched for an allowed moment; a calendar that stays closed longer has none.
MOST_DAYS = 32


def next_allowed(at_s: float, number: str, quiet: Period | None, calendar: Calendar | None) -> float | None:
    """The first moment from ``at_s`` on (seconds since the epoch) at which a client may be called; None when the
    calendar has none in the next weeks. ``quiet``: the hours of the client's own clock in which nobody calls them."""
    moment, last = datetime.fromtimestamp(at_s, UTC), datetime.fromtimestamp(at_s, UTC) + timedelta(days=MOST_DAYS)
    zones = awake_zones(number, quiet) if quiet else ()
    while moment <= last:
        later = _awake(moment, quiet, zones) if quiet else moment
        opened = next_open(calendar, later) if calendar else later
        if opened is None:
            return None
        if opened == moment:
            return max(at_s, moment.timestamp())
        moment = opened
    return None


def awake_zones(number: str, quiet: Period) -> tuple[str, ...]:
    """The zones whose clocks count for a number: all that it may be in, or the middle one where they have no hour of
    the day in common in which it is not quiet (numbers without a place)."""
    zones = sorted(zones_of(number), key=lambda zone: (offset_minutes(zone), zone))
    if not zones:
        return ("UTC",)
    apart = offset_minutes(zones[-1]) - offset_minutes(zones[0])
    fits = quiet.end - quiet.start + apart < DAY_MINUTES
    return tuple({offset_minutes(zone): zone for zone in zones}.values()) if fits else (zones[len(zones) // 2],)


def is_quiet(moment: datetime, quiet: Period, zone: str) -> bool:
    """Whether it is quiet at a moment by a zone's clock."""
    local = moment.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for _, start, end in quiet.parts())


def _awake(moment: datetime, quiet: Period, zones: Sequence[str]) -> datetime:
    """The first moment at which it is quiet in none of the zones."""
    while asleep := [zone for zone in zones if is_quiet(moment, quiet, zone)]:
        moment = max(_end_of_quiet(moment, quiet, zone) for zone in asleep)
    return moment


def _end_of_quiet(moment: datetime, quiet: Period, zone: str) -> datetime:
    local = moment.astimezone(ZoneInfo(zone))
    ends = (
        moment_of(local.date() + timedelta(days=days), quiet.end % DAY_MINUTES, zone, fold)
        for days in (0, 1, 2)
        for fold in (0, 1)  # an hour that clocks show twice may end twice
    )
    return next(end for end in ends if end > moment)


def next_open(calendar: Calendar, moment: datetime) -> datetime | None:
    """The first moment from an aware one on at which a calendar is open; None when there is none in the next weeks."""
    return moment if calendar.status(moment) == "open" else next_change(calendar, moment)


def next_change(calendar: Calendar, moment: datetime) -> datetime | None:
    """The first moment after an aware one at which a calendar opens or closes; None when it does neither in the next
    weeks."""
    is_open = calendar.status(moment) == "open"
    today = moment.astimezone(ZoneInfo(calendar.timezone)).date()
    for days in range(MOST_DAYS):
        for edge in edges(calendar, today + timedelta(days=days)):
            if edge > moment and (calendar.status(edge) == "open") != is_open:
                return edge
    return None
