"""The time of day at the moment of the call, as a dialplan: ``now`` sets ``routing_opening`` to the sounds that say it.

FreeSWITCH's clock chooses them, in the channel's ``timezone``: the hour, then its minutes. All of them were spoken
while compiling, so nothing is asked while a caller waits.
"""

from __future__ import annotations

from collections.abc import Callable

from routing.steps.base import RELEASE
from routing.steps.dialplan import Condition, Context
from routing.steps.pieces import CLOCK, CONTEXT, NOW, OPENING, OPENINGS
from routing.words.opening_parts import OpeningPart, Piece

_PLACE = f"XML:{RELEASE}/{OPENINGS}/{CLOCK}.xml {CONTEXT}"
_HALVES = (("0-11", Piece.TIME_MINUTES_BEFORE_NOON), ("12-23", Piece.TIME_MINUTES_AFTER_NOON))


def present_time_context(played: Callable[[OpeningPart], str]) -> Context:
    """Its file in a release. An hour that begins between its own name and its minutes is said anew."""
    context = Context(CONTEXT)
    for hour in range(24):
        full = context.extension(NOW, _at(hour=str(hour), minute="0"))
        full.set(OPENING, played(OpeningPart(Piece.TIME_FULL_HOUR, hour)))
        named = context.extension(NOW, _at(hour=str(hour)))
        named.set(OPENING, played(OpeningPart(Piece.TIME_HOUR, hour)))
        named.do("execute_extension", f"minutes {_PLACE}")
    context.extension("minutes", _at(minute="0")).do("execute_extension", f"{NOW} {_PLACE}")
    for hours, part in _HALVES:
        for minute in range(1, 60):
            after = context.extension("minutes", _at(hour=hours, minute=str(minute)))
            after.set(OPENING, f"${{{OPENING}}}!{played(OpeningPart(part, minute))}")
    return context


def _at(**times: str) -> Condition:
    return Condition(times=tuple(times.items()))
