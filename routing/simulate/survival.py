"""How long callers wait before they hang up, from calls of which most were answered first: Kaplan and Meier's estimate.

A caller who was answered after ten seconds would have waited ten seconds at least; to leave them out, or to count them
as having hung up then, makes callers less patient than they are.
"""

from __future__ import annotations

import math
import operator
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SMALLEST = 1e-12


@dataclass(frozen=True)
class EstimatedWaits:
    """A distribution of lengths (`routing.simulate.lengths.Lengths`).

    ``lengths_ms``: when callers hung up, ascending; ``waiting``: the share that waits longer than each. Beyond the last
    one patience is taken for exponential, with ``tail_ms`` on average; None: nobody ever hung up.
    """

    lengths_ms: Sequence[int]
    waiting: Sequence[float]
    tail_ms: float | None

    def draw(self, chance: float, beyond_ms: int = -1) -> int | None:
        """See Lengths. ``beyond_ms``: the caller is known to have waited so long."""
        if self.tail_ms is None:
            return None
        left = self.share_beyond(beyond_ms) * (1 - chance)
        if not self.waiting or left <= self.waiting[-1]:
            return self._in_the_tail(left, beyond_ms, chance)
        return self.lengths_ms[bisect_right(self.waiting, -left, key=operator.neg)]

    def share_beyond(self, length_ms: int) -> float:
        """The share of callers who wait longer, as far as callers were seen to hang up."""
        place = bisect_right(self.lengths_ms, length_ms)
        return self.waiting[place - 1] if place else 1.0

    def _in_the_tail(self, left: float, beyond_ms: int, chance: float) -> int:
        last_ms = self.lengths_ms[-1] if self.lengths_ms else 0
        least = max(self.waiting[-1] if self.waiting else 1.0, _SMALLEST)
        lived = max(left / least, _SMALLEST) if beyond_ms < last_ms else max(1 - chance, _SMALLEST)
        return round(max(last_ms, beyond_ms) - math.log(lived) * (self.tail_ms or 0.0))


def estimated(waits: Iterable[tuple[int, bool]]) -> EstimatedWaits:
    """The estimate of waits (ms), each with whether its caller hung up then."""
    known = [(max(ms, 0), hung_up) for ms, hung_up in waits]
    hung_up = Counter(ms for ms, is_end in known if is_end)
    if not hung_up:
        return EstimatedWaits((), (), None)
    ascending = sorted(ms for ms, _ in known)
    waiting, share = [], 1.0
    for ms in sorted(hung_up):
        share *= 1 - hung_up[ms] / (len(ascending) - _below(ascending, ms))
        waiting.append(share)
    return EstimatedWaits(tuple(sorted(hung_up)), tuple(waiting), sum(ascending) / sum(hung_up.values()))


def _below(ascending: Sequence[int], ms: int) -> int:
    return bisect_right(ascending, ms - 1)
