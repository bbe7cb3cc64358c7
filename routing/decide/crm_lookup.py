"""The crm step's decision: who is responsible in the CRM -> which person is rung.

The CRM is a port. The engine, `routing trace` and scheme tests share this decision. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from routing.decide.card import card_of
from routing.decide.ports import Ports, Step
from routing.decide.responsible import Responsible
from routing.decide.verdict import Verdict, failed, refused
from routing.model.call import Call
from routing.model.decision import Continue, RingPerson, clean_name
from routing.model.known import CRM, KNOWN_BY_CRM
from routing.model.lookup import Failed, NoOwnerFound, Outcome, OwnerFound

DEFAULT_RING_SECONDS = 20


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Look the caller up in the CRM that the step names, and ring the person mapped to the owner."""
    people = ports.responsible(call.release, str(step["crm"]["system"]))
    verdict = decide(step, people, ports.crm(step, call, people))
    return _unproven(verdict) if call.stated_number else verdict


def _unproven(verdict: Verdict) -> Verdict:
    """A verdict for a number that the caller only entered: it chooses who rings, and no more. The phone shows no name,
    because anybody could enter that number, and the caller does not count as known.
    """
    decision = verdict.decision
    unnamed = replace(decision, name="") if isinstance(decision, RingPerson) else decision
    return replace(verdict, variables={}, decision=unnamed)


def visitor_facts(step: Mapping[str, Any], call: Call) -> dict[str, str]:
    """The visitor's facts that the CRM's templates use, by template name (``entity.region``); "" for absent ones."""
    known = {"entity": call.entities, "source": call.source}
    names = [name.partition(".") for name in (step.get("crm") or {}).get("told") or ()]
    return {f"{kind}.{name}": known[kind].get(name, "") for kind, _, name in names}


def decide(step: Mapping[str, Any], people: Responsible, outcome: Outcome) -> Verdict:
    """Ring the responsible person with the caller's name as label, else continue; the reason names ids only.

    A caller found in the CRM counts as known from here on (`model.known`), whoever is responsible for them.
    """
    if isinstance(outcome, Failed):
        return failed(outcome.reason)
    is_known = isinstance(outcome, OwnerFound) or outcome.is_known
    return replace(_verdict(step, people, outcome), variables={KNOWN_BY_CRM: CRM} if is_known else {})


def _verdict(step: Mapping[str, Any], people: Responsible, outcome: OwnerFound | NoOwnerFound) -> Verdict:
    if isinstance(outcome, NoOwnerFound):
        return Verdict(Continue(), "continued", outcome.reason + _stale(outcome))
    person = people.person(outcome.owner)
    if not person:
        return refused(f"no person is mapped to owner {outcome.owner.id} of {outcome.kind} {outcome.id}")
    card = card_of(str((step.get("crm") or {}).get("system", "")), outcome)
    decision = RingPerson(person, int(step.get("ring_s") or DEFAULT_RING_SECONDS), clean_name(card.name))
    reason = f"owner {outcome.owner.id} of {outcome.kind} {outcome.id}{_stale(outcome)}"
    return Verdict(decision, "decided", "; ".join((reason, *outcome.passed)), card=card)


def _stale(outcome: OwnerFound | NoOwnerFound) -> str:
    return " (cached answer: the CRM does not answer now)" if outcome.stale else ""
