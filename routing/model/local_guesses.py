"""Counts of what callers look up in vain, in one process: where there is no Redis, and on the offline switch.

Pure except for its own state; the clock is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

#: Most callers that are remembered; beyond it the oldest is forgotten.
MOST = 10_000


@dataclass
class LocalGuesses:
    """See `routing.model.question.Guessing`. ``now``: seconds, of any beginning."""

    now: Callable[[], float]
    #: Who -> how many, and until when they count.
    _counts: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)

    def begin(self, project: str, who: str, within_s: int) -> int:
        """See Guessing."""
        now_s = self.now()
        count, until_s = self._counts.pop((project, who), (0, 0.0))
        if until_s <= now_s:
            count, until_s = 0, now_s + within_s
        if len(self._counts) >= MOST:
            del self._counts[next(iter(self._counts))]
        self._counts[project, who] = (count + 1, until_s)
        return count + 1

    def found(self, project: str, who: str, within_s: int) -> None:
        """See Guessing."""
        count, until_s = self._counts.get((project, who), (0, 0.0))
        if count:
            self._counts[project, who] = (count - 1, until_s)
