"""Time attributes of a condition, as ``switch_xml_std_datetime_check`` in FreeSWITCH 1.10.12 compares them.

Ranges are inclusive and may be reversed (``18-8`` is night); ``minute-of-day`` counts from 1; ``wday``
1 is Sunday; ``time-of-day`` includes the end second; an unknown zone matches nothing. The
moment is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from math import ceil
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routing.offline.argument import atoi
from routing.offline.document import Times, is_true

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def matches(times: Times, now: datetime, zone: str | None, offset: str | None = None) -> bool | None:
    """Whether the attributes hold at ``now`` (aware); None when there are none.

    ``zone`` is the channel's ``timezone``, ``offset`` its ``tod_tz_offset`` in hours; without both the
    server's zone counts, which is that of ``now``.
    """
    if not times:
        return None
    local = _local(now, zone, offset)
    for name, expression in times:
        if name == "date-time":
            held = _full_date(expression, now)
        elif name == "dst":
            held = is_true(expression) and bool(now.dst())
        elif local is None:
            held = False
        elif name == "tz-offset":
            held = _whole_hours(local) == atoi(expression)
        else:
            held = _CHECKS[name](expression, local)
        if not held:
            return False
    return True


def number_matches(expression: str, value: int) -> bool:
    """``switch_number_cmp``: comma-separated numbers and ranges; ``18-8`` is everything but 9 to 17."""
    for part in expression.split(","):
        first, dash, last = part.strip().partition("-")
        low, high = atoi(first), atoi(last)
        if not dash:
            if low == value:
                return True
        elif low <= value <= high if low <= high else (value >= low or value <= high):
            return True
    return False


def day_matches(expression: str, value: int) -> bool:
    """``switch_dow_cmp``: days by number (1 is Sunday) or by name, ranges may wrap over the week's end."""
    for part in expression.split(","):
        ends = [_day(end) for end in part.split("-")]
        if None in ends:
            return False
        low, high = ends[0] or 0, ends[-1] or 0
        if low <= value <= high if low <= high else (value >= low or value <= high):
            return True
    return False


def time_matches(expression: str, second: int) -> bool:
    """``switch_tod_cmp``: ``9:00-18:00`` or with seconds, ends included, reversed over midnight."""
    for part in expression.split(","):
        start, dash, end = part.partition("-")
        if not dash or ":" not in start or ":" not in end:
            continue
        low, high = _seconds(start), _seconds(end)
        if low <= second <= high if low <= high else (second >= low or second <= high):
            return True
    return False


def _day(word: str) -> int | None:
    word = word.strip().lower()
    if word[:1].isdigit():
        return int(word[0]) if 1 <= int(word[0]) <= 7 else None
    return _DAYS.index(word[:3]) + 1 if word[:3] in _DAYS else None


def _seconds(clock: str) -> int:
    hour, minute, second = [*clock.split(":"), "0"][:3]
    return atoi(hour) * 3600 + atoi(minute) * 60 + atoi(second)


def _full_date(expression: str, now: datetime) -> bool:
    for part in expression.split(","):
        start, wave, end = part.partition("~")
        if not wave:
            continue
        try:
            low, high = (datetime.fromisoformat(text.strip()) for text in (start, end))
        except ValueError:
            return False
        zone = now.tzinfo
        if low.replace(tzinfo=zone) <= now < high.replace(tzinfo=zone):
            return True
    return False


def _local(now: datetime, zone: str | None, offset: str | None) -> datetime | None:
    if offset and offset.lstrip("+-").isdigit():
        return now.astimezone(timezone(timedelta(hours=int(offset))))
    if not zone:
        return now
    found = _zone(zone)
    return None if found is None else now.astimezone(found)


@lru_cache(maxsize=1024)
def _zone(name: str) -> tzinfo | None:
    if name in ("UTC", "GMT"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _whole_hours(local: datetime) -> int:
    seconds = int((local.utcoffset() or timedelta()).total_seconds())
    return int(seconds / 3600)


def _year_day(local: datetime) -> int:
    return local.timetuple().tm_yday


def _week_day(local: datetime) -> int:
    return (local.weekday() + 1) % 7 + 1


def _month_week(local: datetime) -> int:
    first = (7 - _remainder(local.day - _week_day(local), 7)) % 7
    return ceil((local.day + first) / 7)


def _remainder(value: int, by: int) -> int:
    return value % by if value >= 0 else -(-value % by)


_CHECKS: dict[str, Callable[[str, datetime], bool]] = {
    "year": lambda text, at: number_matches(text, at.year),
    "yday": lambda text, at: number_matches(text, _year_day(at)),
    "mon": lambda text, at: number_matches(text, at.month),
    "mday": lambda text, at: number_matches(text, at.day),
    "week": lambda text, at: number_matches(text, (_year_day(at) - 1) // 7 + 1),
    "mweek": lambda text, at: number_matches(text, _month_week(at)),
    "wday": lambda text, at: day_matches(text, _week_day(at)),
    "hour": lambda text, at: number_matches(text, at.hour),
    "minute": lambda text, at: number_matches(text, at.minute),
    "minute-of-day": lambda text, at: number_matches(text, at.hour * 60 + at.minute + 1),
    "time-of-day": lambda text, at: time_matches(text, at.hour * 3600 + at.minute * 60 + at.second),
}
