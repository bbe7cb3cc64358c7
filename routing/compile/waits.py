"""The longest wait of a caller, which ``compile``, ``check`` and ``graph`` show for a scheme, and the bound.

Both count from the scheme's start to a person, a voicemail or the end: every phone rings to the end, every decision
takes its full timeout, any branch may be taken, with at most ten jumps between schemes. The wait follows the jumps as
written; the bound also follows webhooks, which may name any scheme and ring time: no call of the release exceeds it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from routing.steps.base import LONGEST_JUMPS

#: The explanation shown next to the wait.
MEANING = "for a person or an end, every phone rung out, jumps included"
#: The target of a jump that a webhook decides.
ANY = "*"


class Lasting(Protocol):
    """A scheme's times in seconds."""

    @property
    def scheme(self) -> str:
        """Its id."""

    @property
    def longest(self) -> float:
        """Until the latest end in the scheme itself."""

    @property
    def otherwise(self) -> float:
        """Of the steps that run after too many jumps."""

    @property
    def jumps(self) -> Sequence[tuple[str, float, Any]]:
        """Each with the scheme (``*``: a webhook decides), the latest time, and the location."""


class Answered(Lasting, Protocol):
    """A scheme whose webhooks may extend the ring times of its steps."""

    @property
    def longer(self) -> float:
        """By how many seconds, all webhooks together."""


def longest_waits(schemes: Collection[Lasting]) -> dict[str, float]:
    """Seconds by scheme; follows neither webhooks nor jumps to unknown schemes."""
    known = {each.scheme for each in schemes}
    return _times(schemes, known)


def bound(schemes: Collection[Answered]) -> float:
    """Seconds that no call exceeds, wherever webhooks send it."""
    known = {each.scheme for each in schemes}
    return max(_times([_HandlerRings(each) for each in schemes], known | {ANY}).values(), default=0.0)


@dataclass(frozen=True)
class _HandlerRings:
    """A scheme in which every webhook sets the longest ring time."""

    plain: Answered

    @property
    def scheme(self) -> str:
        return self.plain.scheme

    @property
    def longer(self) -> float:
        return self.plain.longer

    @property
    def longest(self) -> float:
        return self.plain.longest + self.longer

    @property
    def otherwise(self) -> float:
        return self.plain.otherwise + self.longer

    @property
    def jumps(self) -> Sequence[tuple[str, float, Any]]:
        return [(scheme, seconds + self.longer, place) for scheme, seconds, place in self.plain.jumps]


def _times(schemes: Iterable[Lasting], known: Collection[str]) -> dict[str, float]:
    """Dynamic programming: after n rounds the times of calls with n jumps left. Only jumps to ``known`` count."""
    times = {each.scheme: each.otherwise for each in schemes}
    latest = [(each.scheme, each.longest, _latest(each.jumps, known)) for each in schemes]
    ending = {scheme: longest for scheme, longest, jumps in latest if not jumps}
    jumping = [(scheme, longest, tuple(jumps.items())) for scheme, longest, jumps in latest if jumps]
    for _ in range(LONGEST_JUMPS):
        before = times
        before[ANY] = max(before.values(), default=0.0)
        times = ending.copy()
        for scheme, most, jumps in jumping:  # plain comparisons: with 10,000 schemes `max` takes twice as long
            for target, seconds in jumps:
                wait = seconds + before[target]
                if wait > most:
                    most = wait
            times[scheme] = most
    return times


def _latest(jumps: Iterable[tuple[str, float, Any]], known: Collection[str]) -> Mapping[str, float]:
    """Every target of a scheme's jumps, and the latest time of the jump."""
    latest: dict[str, float] = {}
    for target, seconds, _ in jumps:
        if target in known:
            latest[target] = max(seconds, latest.get(target, 0.0))
    return latest
