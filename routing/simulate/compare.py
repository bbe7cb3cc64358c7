"""Two sets of figures as sentences: what a change does to waits, hour by hour. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from routing.simulate.figures import Figures, QueueFigures, percentile

#: Fewer calls of an hour say nothing of it.
LEAST_CALLS = 20
#: A smaller difference is nothing to a caller.
LEAST_MS = 5_000
#: How many standard deviations a 90th percentile may be off by chance: many hours are compared at once.
DEVIATIONS = 3.0
MOST_HOURS = 5
_NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def compared(old: Figures, new: Figures) -> Iterator[str]:
    """One line for the whole of each queue that both have, then the hours with the greatest differences."""
    for name, was in old.queues.items():
        if (now := new.queues.get(name)) is None:
            continue
        if whole := ", ".join(_whole(was, now, new.plan.within_ms)):
            yield f"{name}: {whole}"
        yield from (f"{name}, {line}" for line in _hours(was, now))


def _whole(was: QueueFigures, now: QueueFigures, within_ms: int) -> Iterator[str]:
    if (waits := _p90(was.waits, now.waits)) is not None:
        yield f"p90 wait {waits}"
    shares = {
        f"answered in {clock(within_ms)}": (was.service_level, now.service_level),
        "abandoned": (was.abandoned_share, now.abandoned_share),
    }
    for title, (before, after) in shares.items():
        if percent(before) != percent(after):
            yield f"{title} {percent(before)} -> {percent(after)}"


def _hours(was: QueueFigures, now: QueueFigures) -> Iterator[str]:
    found, old, new = [], was.by_hour, now.by_hour
    for hour in old.keys() & new.keys():
        before, after = old[hour], new[hour]
        if min(len(before), len(after)) >= LEAST_CALLS and (waits := _p90(before, after)) is not None:
            difference = (percentile(after, 0.9) or 0) - (percentile(before, 0.9) or 0)
            found.append((-abs(difference), hour, f"{_NAMES[hour // 24]} {hour % 24:02}:00: p90 wait {waits}"))
    worst = sorted(found)[:MOST_HOURS]
    yield from (line for _, _, line in sorted(worst, key=lambda each: each[1]))


def _p90(before: list[int], after: list[int]) -> str | None:
    """Both waits, where they differ by more than chance."""
    was, now = percentile(before, 0.9), percentile(after, 0.9)
    if was is None or now is None or abs(now - was) < LEAST_MS:
        return None
    (low, high), (lower, higher) = _range(before), _range(after)
    if low <= higher and lower <= high:
        return None
    return f"{clock(was)} -> {clock(now)}"


def _range(waits: list[int]) -> tuple[int, int]:
    """Where the 90th percentile is, as far as so many calls tell."""
    off = DEVIATIONS * math.sqrt(0.09 / len(waits))
    return percentile(waits, 0.9 - off) or 0, percentile(waits, min(0.9 + off, 1.0)) or 0


def clock(ms: int) -> str:
    """A wait as callers count it: ``2:10``."""
    seconds = round(ms / 1000)
    return f"{seconds // 60}:{seconds % 60:02}"


def percent(share: float | None) -> str:
    """A share as whole percents; a dash for none."""
    return "-" if share is None else f"{share * 100:.0f} %"
