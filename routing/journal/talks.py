"""When somebody talked with the caller: once, or several people in turn when a phone sent them on (REFER). Pure.

FreeSWITCH begins an A-leg's times anew with every transfer; those of its B-legs stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from routing.journal.cdr import Cdr
from routing.journal.record import LegRecord


@dataclass(frozen=True, slots=True)
class Talks:
    """``bridged``: when the first talk began (0.0: nobody talked); ``talk_s``: how long all of them lasted."""

    bridged: float
    talk_s: float


def talks(a_leg: Cdr, b_legs: Iterable[Cdr], legs: Sequence[LegRecord]) -> Talks:
    """The talks of a call."""
    own, ended = a_leg.time("bridge"), a_leg.time("talk_end") or a_leg.time("end")
    began = [at for leg in b_legs if (at := leg.time("bridge"))]
    if not began or (own and len(began) == 1):
        return Talks(own, max(ended - own, 0.0) if own else 0.0)
    bridged = min(began + [own] * bool(own))
    return Talks(bridged, min(sum(leg.talk_s for leg in legs), max(ended - bridged, 0.0)))
