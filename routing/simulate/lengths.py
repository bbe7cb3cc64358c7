"""How long talks last and how long callers wait before they hang up: distributions, drawn by their inverse.

One chance makes one length, so two runs with the same seed draw the same calls, whoever works. Lengths are
milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol

_NORMAL = NormalDist()
#: No chance is 0 or 1 here: the logarithm of 0 is no length.
_SMALLEST = 1e-12


class Lengths(Protocol):
    """A distribution of lengths."""

    def draw(self, chance: float) -> int | None:
        """The length that a chance, 0 <= chance < 1, leads to; None for one that never ends."""


@dataclass(frozen=True)
class Exponential:
    """Lengths without memory, as Erlang's formulas assume."""

    mean_ms: float

    def draw(self, chance: float) -> int:
        """See Lengths."""
        return round(-math.log(max(1.0 - chance, _SMALLEST)) * self.mean_ms)


@dataclass(frozen=True)
class LogNormal:
    """Lengths whose logarithm is normal: what talks usually are. ``deviation_ms`` is the standard deviation."""

    mean_ms: float
    deviation_ms: float

    def draw(self, chance: float) -> int:
        """See Lengths."""
        variance = math.log(1 + (self.deviation_ms / self.mean_ms) ** 2)
        middle = math.log(self.mean_ms) - variance / 2
        normal = _NORMAL.inv_cdf(min(max(chance, _SMALLEST), 1 - _SMALLEST))
        return round(math.exp(middle + math.sqrt(variance) * normal))


@dataclass(frozen=True)
class Same:
    """Always one length; None: it never ends."""

    length_ms: int | None

    def draw(self, chance: float) -> int | None:
        """See Lengths."""
        return self.length_ms


@dataclass(frozen=True)
class Measured:
    """Lengths that were measured, ascending: each is equally probable."""

    lengths_ms: Sequence[int]

    def draw(self, chance: float) -> int:
        """See Lengths."""
        return self.lengths_ms[int(chance * len(self.lengths_ms))]
