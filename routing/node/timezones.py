"""Zone rules for FreeSWITCH's timezones.conf, read from tzdata's TZif files.

FreeSWITCH reads old POSIX TZ rules only: zone names of letters and no negative times, so ``<+0330>-3:30`` and
``M3.5.0/-1`` are rewritten. Knows nothing of calendars or schemes.
"""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import re
from functools import cache
from pathlib import Path

from routing.model.calendar import INEXPRESSIBLE_ZONES

_QUOTED = re.compile(r"<[^>]*>")
_EARLY = re.compile(r"M(\d+)\.5\.(\d)/-(\d+)")
_LAST_DAY = {1: 31, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


def rules() -> dict[str, str]:
    """Zone name -> POSIX rule in FreeSWITCH's dialect, for every zone of the tzdata package that has one."""
    return dict(_rules())


@cache
def _rules() -> dict[str, str]:
    """`rules`, cached: they come from some 500 files that do not change."""
    zones = importlib.resources.files("tzdata") / "zones"
    names = [name for name in zones.read_text(encoding="utf-8").split() if name not in INEXPRESSIBLE_ZONES]
    found = {name: rule(_tzif(name)) for name in names}
    return {name: text for name, text in found.items() if text}


def version() -> str:
    """The version of the tzdata package that the rules come from, such as ``2026.1``."""
    return importlib.metadata.version("tzdata")


def rule(tzif: bytes) -> str:
    """The footer of a TZif file (RFC 9636, version 2+) in FreeSWITCH's dialect; empty when it has none."""
    footer = tzif.rstrip(b"\n").rsplit(b"\n", 1)[-1]
    if tzif[:4] != b"TZif" or tzif[4:5] < b"2" or not tzif.endswith(b"\n"):
        return ""
    return dialect(footer.decode("ascii"))


def dialect(posix: str) -> str:
    """A POSIX TZ rule with letters-only names and without negative times; same instants."""
    names = iter(("STD", "DST"))
    return _EARLY.sub(_not_early, _QUOTED.sub(lambda _: next(names), posix))


def _not_early(match: re.Match[str]) -> str:
    """Last weekday of a month, N hours before its midnight, as a fourth weekday some days later.

    The fourth occurrence falls on days 22-28, so the last one of a month of L days is always L-28 days later
    than the fourth of the weekday that lies L-28 days before it in the week.
    """
    month, weekday, hours = (int(part) for part in match.groups())
    days = _LAST_DAY[month] - 28
    return f"M{month}.4.{(weekday - days) % 7}/{days * 24 - hours}"


def _tzif(name: str) -> bytes:
    path = importlib.resources.files("tzdata.zoneinfo")
    for part in name.split("/"):
        path = path / part
    return Path(str(path)).read_bytes()
