"""What decisions ask besides the step and the call: one port each, from the network or from a test's words.

The engine fills them with Redis, FreeSWITCH, HTTP handlers and CRMs, the offline switch with what a trace or a test
says. Who decides a kind, and which ports it asks, is in registry.py. No port raises anything but what it says here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from routing.decide.directory import Directory
from routing.decide.responsible import Responsible
from routing.decide.verdict import Answer, Failure
from routing.model.decision import Call
from routing.model.entities import Visitor
from routing.model.lookup import Outcome
from routing.model.memory import Memory, Presence

#: A dynamic step as it stands in a release's ``schemes/<id>.json``.
Step = Mapping[str, Any]

DEFAULT_STEP_SECONDS = 2.0
LONGEST_STEP_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Everything that any decision may ask.

    ``directory(release)``; ``responsible(release, system)``: who stands for whom in a CRM; ``webhook(step, call)``: the
    handler's answer; ``crm(step, call, responsible)``: what the CRM found; ``holder(project, pool, number, now)``: to
    whom a number is lent, raises LeasesDown; ``memory`` raises Forgotten; ``presence(call's uuid)``: who is free;
    ``now``: seconds since the epoch; ``chance``: 0 <= x < 1.
    """

    directory: Callable[[str], Directory]
    responsible: Callable[[str, str], Responsible]
    webhook: Callable[[Step, Call], Answer | Failure]
    crm: Callable[[Step, Call, Responsible], Outcome]
    holder: Callable[[str, str, str, float], Visitor | None]
    memory: Memory
    presence: Callable[[str], Presence]
    now: Callable[[], float]
    chance: Callable[[], float]


def step_seconds(step: Step) -> float:
    """How long whoever a step asks may take."""
    value = step.get("timeout_s")
    seconds = float(value) if isinstance(value, int | float) else DEFAULT_STEP_SECONDS
    return min(max(seconds, 0.1), LONGEST_STEP_SECONDS)
