"""The region and time zone of a telephone number, by libphonenumber's tables of prefixes.

A region is any part of a description there, in any language: ``Kharkiv`` matches "Kharkiv" and "Balaklia, Kharkiv".
Mobile numbers of most countries have no region. The tables are loaded on first use: place names take a second.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from routing.model.digits import longest_prefix_pattern
from routing.model.numbers import dialling
from routing.model.problem import did_you_mean

#: Offsets are compared on this day, when most of the world has standard time, so that the order never changes.
_STANDARD_DAY = datetime(2025, 1, 15, 12)
_PARTS = re.compile(r"[,/]")
_KIND = re.compile(r"^м\. | (?:city|region)$")


class UnknownRegion(ValueError):
    """No number has this region; ``hint`` may suggest another one."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def region_pattern(name: str, country: str | None) -> str:
    """A regex of the numbers, ``+`` E.164, of a region: ``Kharkiv``, ``Харків`` or, in another country, ``PL/Kraków``.

    Raises UnknownRegion.
    """
    code, slash, region = name.partition("/")
    if not (slash and re.fullmatch(r"[A-Z]{2}", code)):
        code, region = country or "", name
    if not region.strip():
        raise UnknownRegion("the name of a region is missing", "write `Kharkiv`, or `PL/Kraków` of another country")
    if not code:
        raise UnknownRegion(f"`{name}` needs its country", f"write `UA/{name}`, or give the project a `country`")
    try:
        dialled = dialling(code)[0]
    except ValueError as error:
        raise UnknownRegion(str(error), "") from None
    region_name = _plain(region)
    pattern = _pattern(dialled, region_name)
    if pattern is None:
        every = sorted({each for names in _regions(dialled).values() for each in names})
        raise UnknownRegion(f"no number in {code} is from `{region}`", did_you_mean(region_name, every))
    return pattern


@functools.lru_cache(maxsize=512)
def _pattern(code: str, region_name: str) -> str | None:
    """The regex of a region by its normalised name; None without any number."""
    known = _regions(code)
    if not any(region_name in names for names in known.values()):
        return None
    return longest_prefix_pattern({prefix: region_name in names for prefix, names in known.items()})


@functools.lru_cache(maxsize=64)
def _regions(code: str) -> Mapping[str, frozenset[str]]:
    """Prefix -> the names of its region, for one country calling code."""
    from phonenumbers.geodata import GEOCODE_DATA  # a second and 100 MB, only for schemes with regions

    return {
        prefix: frozenset(
            name for text in texts.values() for part in (text, *_PARTS.split(text)) for name in _names(part)
        )
        for prefix, texts in GEOCODE_DATA.items()
        if prefix.startswith(code)
    }


def _names(part: str) -> tuple[str, str]:
    """A name as written there, and without its kind: ``Kyiv city`` is Kyiv too."""
    return _plain(part), _plain(_KIND.sub("", part.strip()))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


@functools.cache
def _zones() -> Mapping[str, tuple[str, ...]]:
    """Prefix -> the time zones of its numbers."""
    from phonenumbers.tzdata import TIMEZONE_DATA

    return dict(TIMEZONE_DATA)


def zones_of(number: str) -> tuple[str, ...]:
    """The time zones in which a number, ``+`` E.164, may be, by its longest known prefix; none when it has no known
    one."""
    digits, known = number.removeprefix("+"), _zones()
    return next((known[digits[:end]] for end in range(len(digits), 0, -1) if digits[:end] in known), ())


@functools.cache
def known_zones() -> frozenset[str]:
    """Zones with at least one number."""
    return frozenset(zone for zones in _zones().values() for zone in zones)


@functools.lru_cache(maxsize=512)
def zones_pattern(zones: frozenset[str]) -> str:
    """A regex of the numbers that lie in these time zones only."""
    return longest_prefix_pattern({prefix: zones.issuperset(of) for prefix, of in _zones().items()})


def orders_by_distance(branches: Iterable[str]) -> Mapping[tuple[int, ...], str]:
    """Orders of branches (given by time zones), smallest time difference first, each with a regex of its callers.

    Between equals the written order decides. A number with several possible zones counts by the middle one. The written
    order itself is omitted: it applies to all other callers.
    """
    return _orders(tuple(offset_minutes(zone) for zone in branches))


@functools.lru_cache(maxsize=64)
def _orders(offsets: tuple[int, ...]) -> Mapping[tuple[int, ...], str]:
    written = tuple(range(len(offsets)))
    order_of = {prefix: _order(offsets, zones) for prefix, zones in _zones().items()}
    found = sorted(set(order_of.values()) - {written})
    return {
        order: longest_prefix_pattern({prefix: its == order for prefix, its in order_of.items()}) for order in found
    }


def _order(offsets: Collection[int], zones: Collection[str]) -> tuple[int, ...]:
    own = sorted(map(offset_minutes, zones))[len(zones) // 2]
    distances = [_apart(own, offset) for offset in offsets]
    return tuple(sorted(range(len(distances)), key=lambda at: (distances[at], at)))


def _apart(one: int, other: int) -> int:
    """The difference of two clocks in minutes, modulo a day."""
    return min(abs(one - other), 24 * 60 - abs(one - other))


@functools.lru_cache(maxsize=1024)
def offset_minutes(zone: str) -> int:
    """A zone's offset from UTC in standard time, in minutes."""
    offset = ZoneInfo(zone).utcoffset(_STANDARD_DAY)
    return round(offset.total_seconds() / 60) if offset else 0
