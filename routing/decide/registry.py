"""The kinds that are decided while a call waits. Engine, trace and tests decide by this table and no other.

A new kind is a module with ``answer(step, call, ports)`` and one line here: the ports that it asks are named, so that
whoever runs decisions knows what they can wait for. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from routing.decide import crm, dnd, known, messages, ring, sticky, visitor, webhook
from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict, failed
from routing.model.decision import Call
from routing.model.memory import Forgotten
from routing.model.visitors import LeasesDown


@dataclass(frozen=True)
class Decider:
    """``answer`` decides a step of one kind for a call; ``asks`` names all the ports that it uses."""

    answer: Callable[[Step, Call, Ports], Verdict]
    asks: frozenset[str]


DECIDERS: Mapping[str, Decider] = {
    "webhook": Decider(webhook.answer, frozenset({"directory", "webhook"})),
    "crm": Decider(crm.answer, frozenset({"responsible", "crm"})),
    "visitor": Decider(visitor.answer, frozenset({"holder", "now"})),
    "sticky": Decider(sticky.answer, frozenset({"directory", "memory", "presence", "now"})),
    "known": Decider(known.answer, frozenset({"memory", "now"})),
    "ring": Decider(ring.answer, frozenset({"memory", "presence", "now", "chance"})),
    "dnd": Decider(dnd.answer, frozenset({"directory", "memory", "now"})),
    "messages": Decider(messages.answer, frozenset({"directory", "memory", "now"})),
}


def decide(step: Step, call: Call, ports: Ports) -> Verdict:
    """The verdict of a dynamic step. A memory that does not answer is a normal case: the call goes on."""
    kind = str(step.get("kind"))
    decider = DECIDERS.get(kind)
    if decider is None:
        return failed(f"this engine knows no step kind {kind!a}")
    try:
        return decider.answer(step, call, ports)
    except (Forgotten, LeasesDown) as problem:
        return failed(str(problem))
