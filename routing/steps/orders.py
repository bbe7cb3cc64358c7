"""The dialplan of a ring step's dynamic orders: a list of names becomes calls to the step's own phones.

A decision names people; their dial strings are here, compiled with the step's own times, keys and labels. A list
shrinks with every turn, and waiting is counted, so every loop ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routing.steps.base import ANSWERED, Emitter
from routing.steps.dialplan import Condition
from routing.steps.dynamic import when
from routing.steps.targets import Turn

#: A person or one phone.
NAME = r"[a-z][a-z0-9_]{0,63}(?:\.[a-z][a-z0-9_]{0,63})?"
#: How long a caller is held before the engine is asked again whether the busy person is free.
WAIT_SECONDS = 5
MOST_PEOPLE = 100


def _in_turn(out: Emitter, path: str, decided: str, label: str) -> None:
    """Execute ``<path>.<label>.<name>`` for each name of a decision; the last extension of ``<path>.turn`` comes after.

    Who is left stands in a variable of the dialplan's own: the engine's word is taken once.
    """
    first = when(out, path, f"^{decided}:({NAME})((?:,{NAME})*)$")
    following = out.context.extension(f"{path}.turn", Condition("${routing_left}", f"^,({NAME})((?:,{NAME})*)$"))
    for turn in (first, following):
        turn.set("routing_left", "$2")
        turn.do("execute_extension", out.go(f"{path}.{label}.$1"))
        turn.do("transfer", out.go(f"{path}.turn"))


def one_after_another(out: Emitter, path: str, own: str, then: str) -> None:
    """``order:ivan,olena``: ring the first, then the first of those that are left, until nobody is."""
    _in_turn(out, path, f"{own}:order", "to")
    out.context.extension(f"{path}.turn").do("transfer", then)
    when(out, path, f"^{own}:nobody$").do("transfer", then)


def all_at_once(out: Emitter, path: str, own: str, then: str, undecided: str, bridge: str) -> None:
    """``together:ivan,olena``: collect their legs, then ring them; ``bridge`` is the beginning of the dial string."""
    _in_turn(out, path, f"{own}:together", "leg")
    # names that are nobody's here collect no leg: then nothing was decided
    ring = out.context.extension(f"{path}.turn", Condition("${routing_legs}", r"^\["))
    ring.do("bridge", f"{bridge}${{routing_legs}}")
    ring.do("transfer", then)
    out.context.extension(f"{path}.turn").do("transfer", undecided)
    when(out, path, f"^{own}:nobody$").do("transfer", then)


def waiting(out: Emitter, path: str, own: str, then: str, seconds: int) -> None:
    """``wait``: hold the caller, then ask again, for ``seconds`` at most.

    Who is answered hears what he hears while phones ring; the others hear ringing anyway.
    """
    over = Condition("${routing_waits}", f"^x{{{rounds(seconds)},}}$")
    decided = Condition("${routing_decision}", f"^{own}:wait$")
    out.context.extension(f"{path}.decided", decided, over).do("transfer", then)
    answered = out.context.extension(f"{path}.decided", decided, ANSWERED)
    answered.set("routing_waits", "${routing_waits}x")
    answered.do("sched_transfer", f"+{WAIT_SECONDS} {out.go(f'{path}.ask')}")
    answered.do("endless_playback", "${transfer_ringback}")
    answered.do("transfer", out.go(f"{path}.ask"))
    hold = when(out, path, f"^{own}:wait$")
    hold.set("routing_waits", "${routing_waits}x")
    hold.do("sleep", str(WAIT_SECONDS * 1000))
    hold.do("transfer", out.go(f"{path}.ask"))


def rounds(seconds: int) -> int:
    """How often the engine is asked again within a time."""
    return max(1, seconds // WAIT_SECONDS)


def turns(out: Emitter, path: str, strings: Iterable[tuple[Turn, str]]) -> None:
    """``<path>.to.<name>`` rings one turn."""
    for turn, dial_string in strings:
        out.context.extension(f"{path}.to.{turn.name}").do("bridge", dial_string)


def legs(out: Emitter, path: str, strings: Sequence[tuple[Turn, str]]) -> None:
    """``<path>.leg.<name>`` puts one turn's legs beside those that are there."""
    for turn, legs_of in strings:
        label = f"{path}.leg.{turn.name}"
        first = out.context.extension(label, Condition("${routing_legs}", "^$"))
        first.set("routing_legs", legs_of)
        out.context.extension(label).set("routing_legs", f"${{routing_legs}},{legs_of}")
