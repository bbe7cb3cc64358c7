"""The step kinds that are decided while a call waits. The engine, `routing trace` and scheme tests share this table.

A new kind is a module with ``answer(step, call, ports)`` and one line here. The line names the ports that the decision
uses, so that everybody who runs it knows what it may wait for. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from routing.decide import (
    callback,
    camp_on,
    crm_lookup,
    dnd,
    duty_code,
    known,
    listen,
    lookup_answer,
    messages,
    rate,
    ring,
    speaking,
    sticky,
    visitor,
    webhook,
)
from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict, failed
from routing.model.call import Call
from routing.model.callback import OrdersDown
from routing.model.memory import Forgotten
from routing.model.visitors import LeasesDown


@dataclass(frozen=True)
class KindDecider:
    """``answer`` decides a step of one kind for a call; ``asks`` names every port that it uses."""

    answer: Callable[[Step, Call, Ports], Verdict]
    asks: frozenset[str]


DECIDERS: Mapping[str, KindDecider] = {
    "webhook": KindDecider(webhook.answer, frozenset({"directory", "webhook"})),
    "lookup": KindDecider(lookup_answer.answer, frozenset({"webhook", "guesses", "voice", "now"})),
    "speak": KindDecider(speaking.answer, frozenset({"voice"})),
    "listen": KindDecider(listen.answer, frozenset({"recognisers", "now"})),
    "crm": KindDecider(crm_lookup.answer, frozenset({"responsible", "crm"})),
    "visitor": KindDecider(visitor.answer, frozenset({"holder", "now"})),
    "sticky": KindDecider(sticky.answer, frozenset({"directory", "memory", "presence", "now"})),
    "callback": KindDecider(callback.answer, frozenset({"callbacks", "now"})),
    "known": KindDecider(known.answer, frozenset({"memory", "now"})),
    "ring": KindDecider(ring.answer, frozenset({"memory", "presence", "now", "chance"})),
    "rate": KindDecider(rate.answer, frozenset({"ratings", "now"})),
    "dnd": KindDecider(dnd.answer, frozenset({"directory", "memory", "now"})),
    "duty": KindDecider(duty_code.answer, frozenset({"directory", "duties", "now"})),
    "camp_on": KindDecider(camp_on.answer, frozenset({"directory", "callbacks", "now"})),
    "messages": KindDecider(messages.answer, frozenset({"directory", "memory", "now"})),
}


def decide(step: Step, call: Call, ports: Ports) -> Verdict:
    """The verdict of a dynamic step. A memory that does not answer is a normal case: the call continues."""
    kind = str(step.get("kind"))
    decider = DECIDERS.get(kind)
    if decider is None:
        return failed(f"this engine does not know the step kind {kind!a}")
    try:
        return decider.answer(step, call, ports)
    except (Forgotten, LeasesDown, OrdersDown) as problem:
        return failed(str(problem))
