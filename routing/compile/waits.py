"""How long a caller may wait: the one number that ``compile``, ``check`` and ``graph`` tell of a scheme, and the bound.

Both count from the scheme's start to a person, a voicemail or the end: every phone rings out, every decision comes as
late as it may, every branch may be taken, at most ten jumps between schemes. The wait follows the jumps as written; the
bound also follows handlers, whose answers may name any scheme and ring time: no call of the release exceeds it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from routing.steps.base import LONGEST_JUMPS

#: What the number means, in the words that are shown beside it.
MEANING = "for a person or an end, every phone rung out, jumps included"
#: The jump of a handler's answer.
ANY = "*"


class Lasting(Protocol):
    """A scheme's times in seconds: ``longest`` to its latest end, ``otherwise`` after too many jumps."""

    @property
    def scheme(self) -> str:
        """Its id."""

    @property
    def longest(self) -> float:
        """To the latest end in the scheme itself."""

    @property
    def otherwise(self) -> float:
        """Of the steps that run after too many jumps."""

    @property
    def jumps(self) -> Sequence[tuple[str, float, Any]]:
        """Each with the scheme (``*``: whichever an answer names), the latest time, and where it stands."""


class Answered(Lasting, Protocol):
    """A scheme whose handlers may have somebody rung for longer than its steps say."""

    @property
    def longer(self) -> float:
        """For how many seconds, all of them together."""


def longest_waits(schemes: Collection[Lasting]) -> dict[str, float]:
    """Seconds by scheme, as written: where handlers send calls is not followed, nor a jump to an unknown scheme."""
    known = {each.scheme for each in schemes}
    return _times(schemes, known)


def bound(schemes: Collection[Answered]) -> float:
    """Seconds that no call exceeds, wherever handlers send it."""
    known = {each.scheme for each in schemes}
    return max(_times([_HandlerRings(each) for each in schemes], known | {ANY}).values(), default=0.0)


@dataclass(frozen=True)
class _HandlerRings:
    """A scheme whose handlers have everybody rung for as long as they may."""

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
    """After n rounds: of calls with n jumps left. A jump to what is not ``known`` is none."""
    latest = {each.scheme: _latest(each.jumps, known) for each in schemes}
    times = {each.scheme: each.otherwise for each in schemes}
    ending = {each.scheme: each.longest for each in schemes if not latest[each.scheme]}
    jumping = [(each.scheme, each.longest, latest[each.scheme]) for each in schemes if latest[each.scheme]]
    for _ in range(LONGEST_JUMPS):
        times[ANY] = max(times.values(), default=0.0)
        longer = {
            scheme: max([longest] + [seconds + times[target] for target, seconds in jumps.items()])
            for scheme, longest, jumps in jumping
        }
        times = ending | longer
    return times


def _latest(jumps: Iterable[tuple[str, float, Any]], known: Collection[str]) -> Mapping[str, float]:
    """Every scheme that a scheme goes to, and when at the latest."""
    latest: dict[str, float] = {}
    for target, seconds, _ in jumps:
        if target in known:
            latest[target] = max(seconds, latest.get(target, 0.0))
    return latest
