"""The visitor step's decision: the visitor to whom the dialled number is lent -> the variables of the call.

The engine, `routing trace` and scheme tests call the same ``decide``. Pure: the store's answer is an argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict
from routing.model.call import Call
from routing.model.decision import Continue
from routing.model.entities import SOURCES, Visitor, cleaned, variables


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """The visitor to whom the dialled number is lent. Raises LeasesDown."""
    return decide(step, ports.holder(str(step.get("project")), str(step.get("pool")), call.number, ports.now()))


def decide(step: Mapping[str, Any], found: Visitor | None) -> Verdict:
    """What a visitor step (its entry in ``schemes/<id>.json``) does with the holder of a number; None: nobody holds it.

    The call always continues. It carries only entities that the step's release knows.
    """
    if found is None:
        return Verdict(Continue(), "continued", "the number is lent to nobody")
    kept = Visitor(cleaned(found.entities, step.get("entities") or ()), cleaned(found.source, SOURCES))
    carried = variables(kept)
    return Verdict(Continue(), "decided" if carried else "continued", variables=carried)
