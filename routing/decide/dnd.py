"""The decision of a phone's do-not-disturb code: whose do-not-disturb changes, and to what. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict, refused
from routing.model.call import Call
from routing.model.decision import Continue


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Turn do-not-disturb on or off for the person whose phone calls. Raises Forgotten."""
    verdict = decide(step, ports.directory(call.release).phones, call)
    if verdict.outcome == "decided":
        ports.memory.disturb(step["project"], call.person, may_disturb=step["state"] == "off", now_s=ports.now())
    return verdict


def decide(step: Mapping[str, Any], people: Mapping[str, object], call: Call) -> Verdict:
    """The verdict (``step["state"]``: on or off); refused when the phone belongs to no person."""
    if call.person not in people:
        return refused("the phone belongs to no person")
    reason = f"do-not-disturb of {call.person} is {step['state']}"
    return Verdict(Continue(), "decided", reason, {"routing_dnd": str(step["state"])})
