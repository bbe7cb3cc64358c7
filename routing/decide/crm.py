"""The crm step's decision: who is responsible in the CRM -> which person is rung.

Owner to person: the project's table (``person.crm``), then e-mail, then extension. Production, `routing trace` and
tests call the same code. Pure: the look-up's outcome comes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from routing.decide.verdict import Verdict, failed, refused
from routing.model.decision import Call, Continue, RingPerson, clean_name
from routing.model.known import CRM, KNOWN_BY_CRM
from routing.model.lookup import Failed, Found, Nobody, Outcome, Owner
from routing.model.pop import Card

DEFAULT_RING_SECONDS = 20


@dataclass(frozen=True)
class Responsible:
    """Persons by owner id of one CRM, by e-mail (small letters) and by extension."""

    by_owner: Mapping[str, str] = field(default_factory=dict)
    by_email: Mapping[str, str] = field(default_factory=dict)
    by_extension: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Mapping[str, Any], system: str) -> Responsible:
        """From the content of ``table.json``: ``crm`` (system, owner id -> person), ``emails``, ``extensions``."""
        owners = (table.get("crm") or {}).get(system) or {}
        return cls(dict(owners), dict(table.get("emails") or {}), dict(table.get("extensions") or {}))

    def person(self, owner: Owner) -> str:
        """The person who stands for an owner, "" when nobody does."""
        return (
            self.by_owner.get(owner.id)
            or (self.by_email.get(owner.email.lower()) if owner.email else "")
            or (self.by_extension.get(owner.extension) if owner.extension else "")
            or ""
        )

    def owner(self, person: str) -> Owner | None:
        """An owner for whom a person stands, None when there is none."""
        for owner_id, name in self.by_owner.items():
            if name == person:
                return Owner(owner_id)
        for email, name in self.by_email.items():
            if name == person:
                return Owner("", email=email)
        extensions = [extension for extension, name in self.by_extension.items() if name == person]
        return Owner("", extension=extensions[0]) if extensions else None

    def knows(self, owner: Owner) -> bool:
        """Whether somebody stands for an owner."""
        return bool(self.person(owner))


def told(step: Mapping[str, Any], call: Call) -> dict[str, str]:
    """What the CRM's templates tell of the visitor, by place (``entity.region``); "" for what he has not."""
    known = {"entity": call.entities, "source": call.source}
    names = [name.partition(".") for name in (step.get("crm") or {}).get("told") or ()]
    return {f"{kind}.{name}": known[kind].get(name, "") for kind, _, name in names}


def decide(step: Mapping[str, Any], people: Responsible, outcome: Outcome) -> Verdict:
    """Ring the responsible person with the caller's name as label, else go on; the reason names ids only.

    A caller whom the CRM has found is known from here on (`model.known`), whoever is responsible for him.
    """
    if isinstance(outcome, Failed):
        return failed(outcome.reason)
    is_known = isinstance(outcome, Found) or outcome.is_known
    return replace(_verdict(step, people, outcome), variables={KNOWN_BY_CRM: CRM} if is_known else {})


def _verdict(step: Mapping[str, Any], people: Responsible, outcome: Found | Nobody) -> Verdict:
    if isinstance(outcome, Nobody):
        return Verdict(Continue(), "continued", outcome.reason + _stale(outcome))
    person = people.person(outcome.owner)
    if not person:
        return refused(f"no person stands for owner {outcome.owner.id} of {outcome.kind} {outcome.id}")
    name = "".join(sign if sign.isprintable() else " " for sign in outcome.caller_name[:200])
    decision = RingPerson(person, int(step.get("ring_s") or DEFAULT_RING_SECONDS), clean_name(name))
    reason = f"owner {outcome.owner.id} of {outcome.kind} {outcome.id}{_stale(outcome)}"
    system = str((step.get("crm") or {}).get("system", ""))
    card = Card(system, outcome.kind, outcome.id, " ".join(name.split()), outcome.card_url)
    return Verdict(decision, "decided", "; ".join((reason, *outcome.passed)), card=card)


def _stale(outcome: Found | Nobody) -> str:
    return " (an earlier answer: the CRM does not answer now)" if outcome.stale else ""
