"""What a phone's do-not-disturb code means: whose it is and what is to be remembered. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict, refused
from routing.model.decision import Call, Continue


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Remember whether the person whose phone calls may be disturbed. Raises Forgotten."""
    verdict = decide(step, ports.directory(call.release).phones, call)
    if verdict.outcome == "decided":
        ports.memory.disturb(step["project"], call.person, may_disturb=step["state"] == "off", now_s=ports.now())
    return verdict


def decide(step: Mapping[str, Any], people: Mapping[str, object], call: Call) -> Verdict:
    """The verdict once it is remembered (``step["state"]``: on or off); refused when the phone is nobody's."""
    if call.person not in people:
        return refused("the phone is no person's")
    wish = "must not be disturbed" if step["state"] == "on" else "may be rung"
    return Verdict(Continue(), "decided", f"{call.person} {wish}", {"routing_dnd": str(step["state"])})
