"""The dialplan of a queue's caller without an engine: wait for another one, then ring people who have no call.

Such a caller costs little more than others: hundreds of them must not keep an engine from starting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from routing.model.decision import NOTED, TURN_SECONDS, WAITS
from routing.model.queue import CALLS_OF, TRIED
from routing.steps.base import Emitter
from routing.steps.dialplan import Condition, Extension
from routing.steps.targets import Turn

#: Who is offered the caller next: ``x`` for the first, ``y`` for nobody yet. Empty while there is an engine.
NEXT = "routing_next"
DECISION = "routing_decision"
#: The time from one offer to the next; where everybody has a call a turn is as long as others.
ALONE_MS = 1_000
#: Turns are counted anew after so many, because every event of the call carries the count.
MOST_TURNS = 30
#: Transfers of one call: every turn gives it new ones.
TRANSFERS = 1000


def alone(out: Emitter, path: str, turns: Sequence[Turn], turn: Callable[[Extension, int], None]) -> None:
    """``<path>.alone``. ``turns``: the people, each with an extension ``<path>.to.<name>``; ``turn``: ends an extension
    with a turn of so many milliseconds."""
    label = f"{path}.alone"
    many = out.context.extension(label, Condition(f"${{{WAITS}}}", f"^x{{{MOST_TURNS},}}$"))
    many.set(WAITS, "x")
    many.set(NOTED, "")
    many.do("transfer", out.go(label))
    # whoever an engine has acknowledged is in the second turn without one by now
    for condition, then in (
        (Condition(f"${{{NEXT}}}:${{{NOTED}}}", "^:$"), "y"),
        (Condition(f"${{{NEXT}}}", "^y?$"), "x"),
    ):
        hopes = out.context.extension(label, condition)
        hopes.set(NEXT, then)
        turn(hopes, TURN_SECONDS * 1000)
    rings = out.context.extension(label)
    for at, person in enumerate(turns, 1):
        one = f"{label}.{person.name}"
        rings.do("limit_execute", f"hash routing {CALLS_OF}{person.person} 1 execute_extension {out.go(one)}")
        ring = out.context.extension(one, Condition(f"${{{NEXT}}}", f"^x{{1,{at}}}$"))
        ring.set("max_session_transfers", TRANSFERS)
        ring.set(NEXT, "x" * (at + 1))
        ring.do("execute_extension", out.go(f"{path}.to.{person.name}"))
        ring.set(DECISION, "")
        ring.set(TRIED, "")
        turn(ring, ALONE_MS)
    rings.set("max_session_transfers", TRANSFERS)
    rings.set(NEXT, "x")
    turn(rings, TURN_SECONDS * 1000)
