"""Judges a long run of calls: what the journal has of each call, and whether memory and open files grow. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import linear_regression

#: Of a run's samples, the first part fills caches and pools: it is no growth.
WARMING_UP = 0.25
#: Fewer samples, or a shorter run after that, say nothing: pools are still filled.
LEAST_SAMPLES, LEAST_S = 4, 1200.0


#: The calls that FreeSWITCH took with it before anybody had heard of them: no loss of the journal's.
UNHEARD = "cut calls without a row"


def rows_wrong(callers: Iterable[str], journalled: Mapping[str, int], cut: Iterable[str] = ()) -> Counter[str]:
    """How many calls have no row, how many more than one, how many rows nobody's. ``callers``: one number a call;
    ``journalled``: number -> count of rows; ``cut``: callers whose call died with FreeSWITCH (`UNHEARD`)."""
    called, cut = set(callers), set(cut)
    return Counter(
        {
            "calls without a row": sum(caller not in journalled for caller in called - cut),
            UNHEARD: sum(caller not in journalled for caller in called & cut),
            "calls with several rows": sum(count > 1 for caller, count in journalled.items() if caller in called),
            "rows of nobody": sum(caller not in called for caller in journalled),
        }
    )


def growth_mb_an_hour(samples: Sequence[tuple[float, float]]) -> float | None:
    """How fast memory grows after the run has warmed up. ``samples``: seconds, kB; None for too few of them, or too
    short a time."""
    growth_kb = growth_an_hour(samples)
    return None if growth_kb is None else growth_kb / 1024


def growth_an_hour(samples: Sequence[tuple[float, float]]) -> float | None:
    """The same of a count, such as open files."""
    settled = samples[round(len(samples) * WARMING_UP) :]
    if len(settled) < LEAST_SAMPLES or settled[-1][0] - settled[0][0] < LEAST_S:
        return None
    slope, _ = linear_regression([at_s for at_s, _ in settled], [value for _, value in settled])
    return slope * 3600
