"""How many phones a step can ring: what is over the switch's bounds it would drop without a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.steps.orders import MOST_PEOPLE
from routing.steps.targets import Turn

#: FreeSWITCH keeps 128 legs of a group, and 128 groups of a dial string; the last takes whatever is left with it.
MOST_LEGS = 127


def exceeded(turns: Sequence[Turn], together: bool, is_dynamic: bool) -> Iterator[tuple[str, str]]:
    """What is too much, and a hint: for ``turns`` that ring together or one after another."""
    if is_dynamic and len(turns) > MOST_PEOPLE:
        yield f"more than {MOST_PEOPLE} people in one dynamic order", "split it in steps"
    legs = [len(turn.legs) for turn in turns]
    phones = sum(legs) if together else max(legs, default=0)
    if phones > MOST_LEGS:
        message = f"{phones} phones ring together; FreeSWITCH rings {MOST_LEGS} at most"
        yield message, "ring some of them in another step"
    elif not (together or is_dynamic) and len(turns) > MOST_LEGS:
        yield f"{len(turns)} turns in one order; FreeSWITCH takes {MOST_LEGS} at most", "split it in steps"
