"""How many phones a step can ring: FreeSWITCH silently drops those beyond its limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.steps.orders import MOST_PEOPLE
from routing.steps.targets import Turn

#: FreeSWITCH parses 128 legs of a group and 128 groups of a dial string; the last one swallows the rest.
MOST_LEGS = 127


def exceeded(turns: Sequence[Turn], together: bool, is_dynamic: bool) -> Iterator[tuple[str, str]]:
    """Complaints and hints about too many ``turns``, which ring together or one after another."""
    if is_dynamic and len(turns) > MOST_PEOPLE:
        yield f"more than {MOST_PEOPLE} people in one dynamic order", "split it in steps"
    legs = [len(turn.legs) for turn in turns]
    phones = sum(legs) if together else max(legs, default=0)
    if phones > MOST_LEGS:
        message = f"{phones} phones ring together; FreeSWITCH rings {MOST_LEGS} at most"
        yield message, "ring some of them in another step"
    elif not (together or is_dynamic) and len(turns) > MOST_LEGS:
        yield f"{len(turns)} turns in one order; FreeSWITCH takes {MOST_LEGS} at most", "split it in steps"
