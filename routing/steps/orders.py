"""The dialplan of a ring step's dynamic orders: from a list of names to calls to the step's own phones.

A decision names people. Their dial strings are compiled with the step's own times, keys and labels. Every turn shortens
the list and rounds of waiting are counted, so every loop ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routing.model.decision import NOTED, TURN_SECONDS, WAITS, WAITS_EVENT
from routing.steps.base import HEAR_HELD, WAITING, Emitter
from routing.steps.dialplan import Condition
from routing.steps.dynamic import when
from routing.steps.targets import Turn

#: A person or one phone.
NAME = r"[a-z][a-z0-9_]{0,63}(?:\.[a-z][a-z0-9_]{0,63})?"
MOST_PEOPLE = 100


def _in_turn(out: Emitter, path: str, decided: str, label: str) -> None:
    """Execute ``<path>.<label>.<name>`` for each name of a decision, then the last extension of ``<path>.turn``.

    The remaining names are kept in a variable of the dialplan's own: the decision is read once.
    """
    first = when(out, path, f"^{decided}:({NAME})((?:,{NAME})*)$")
    following = out.context.extension(f"{path}.turn", Condition("${routing_left}", f"^,({NAME})((?:,{NAME})*)$"))
    for turn in (first, following):
        turn.set("routing_left", "$2")
        turn.do("execute_extension", out.go(f"{path}.{label}.$1"))
        turn.do("transfer", out.go(f"{path}.turn"))


def one_after_another(out: Emitter, path: str, own: str, then: str) -> None:
    """``order:ivan,olena``: ring one person after another."""
    _in_turn(out, path, f"{own}:order", "to")
    out.context.extension(f"{path}.turn").do("transfer", then)
    when(out, path, f"^{own}:nobody$").do("transfer", then)


def all_at_once(out: Emitter, path: str, own: str, then: str, undecided: str, bridge: str) -> None:
    """``together:ivan,olena``: collect their legs, then ring them; ``bridge`` is the start of the dial string."""
    _in_turn(out, path, f"{own}:together", "leg")
    # unknown names collect no leg: the decision is not valid then
    ring = out.context.extension(f"{path}.turn", Condition("${routing_legs}", r"^\["))
    ring.do("bridge", f"{bridge}${{routing_legs}}")
    ring.do("transfer", then)
    out.context.extension(f"{path}.turn").do("transfer", undecided)
    when(out, path, f"^{own}:nobody$").do("transfer", then)


def waiting(out: Emitter, path: str, own: str, then: str, seconds: int) -> None:
    """``wait``: let the caller wait until the engine decides otherwise, for ``seconds`` at most.

    Waiting takes rounds. In each, an event reports to the engine that the call still waits. The engine acknowledges the
    round, and ends it with a decision when the person is free. After a round without an acknowledgement the call asks
    by the socket again: either another engine answers, or the fallback rings everybody. (Sockets alone would cost
    1.6 MB each until the call ends.)
    """
    held = f"{path}.held"
    hold = when(out, path, f"^{own}:wait$")
    hold.set(NOTED, f"${{{WAITS}}}")
    hold.do("execute_extension", HEAR_HELD)
    hold.do("transfer", out.go(held))
    for condition, goes_on in (
        (Condition("${routing_decision}", f"^(?!{own}:wait$)"), out.go(f"{path}.decided")),
        (Condition(f"${{{WAITS}}}:${{{NOTED}}}", r"^(x*):(?!\1$)"), out.go(f"{path}.ask")),
        (Condition(f"${{{WAITS}}}", f"^x{{{rounds(seconds)},}}$"), then),
    ):
        leaving = out.context.extension(held, condition)
        leaving.do("stop_displace_session", WAITING)
        leaving.do("transfer", goes_on)
    turn = out.context.extension(held)
    turn.set(WAITS, f"${{{WAITS}}}x")
    turn.do("event", f"Event-Name=CUSTOM,Event-Subclass={WAITS_EVENT}")
    turn.do("sleep", str(TURN_SECONDS * 1000))
    turn.do("transfer", out.go(held))


def rounds(seconds: int) -> int:
    """The number of rounds of waiting in ``seconds``."""
    return max(1, seconds // TURN_SECONDS)


def turns(out: Emitter, path: str, strings: Iterable[tuple[Turn, str]]) -> None:
    """``<path>.to.<name>`` rings one turn."""
    for turn, dial_string in strings:
        out.context.extension(f"{path}.to.{turn.name}").do("bridge", dial_string)


def legs(out: Emitter, path: str, strings: Sequence[tuple[Turn, str]]) -> None:
    """``<path>.leg.<name>`` adds one turn's legs to those collected so far."""
    for turn, legs_of in strings:
        label = f"{path}.leg.{turn.name}"
        first = out.context.extension(label, Condition("${routing_legs}", "^$"))
        first.set("routing_legs", legs_of)
        out.context.extension(label).set("routing_legs", f"${{routing_legs}},{legs_of}")
