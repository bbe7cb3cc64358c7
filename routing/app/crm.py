"""Decides crm steps: asks the CRM that a step names, within the step's time, and rings whoever stands for the owner.

Every CRM has a short memory, a breaker and a rate limit of its own (routing.crm); a CRM that is away is a normal case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from routing.crm.systems import Systems
from routing.decide.crm import Responsible, decide, told
from routing.decide.verdict import Verdict
from routing.model.decision import Call
from routing.model.lookup import KINDS

DEFAULT_SECONDS = 2.0


def crm_steps(
    systems: Systems, responsible: Callable[[str, str], Responsible]
) -> Callable[[Mapping[str, Any], Call], Verdict]:
    """What an engine's ``kinds["crm"]`` is.

    ``responsible(release, system)``: who stands for whom.
    """

    def answer(step: Mapping[str, Any], call: Call) -> Verdict:
        config = step["crm"]
        people = responsible(call.release, str(config["system"]))
        deadline_s = float(step.get("timeout_s") or DEFAULT_SECONDS)
        order = step.get("order") or KINDS
        outcome = systems.lookup(config, call.caller, order, people.knows, deadline_s, told(step, call))
        return decide(step, people, outcome)

    return answer
