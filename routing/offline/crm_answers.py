"""A CRM's answer in a trace or a test, written as text: the port ``crm`` of decisions.

``nobody`` · ``timeout`` · ``refused`` · ``400`` to ``599`` · ``OWNER``, ``KIND OWNER``, ``KIND OWNER, CALLER'S NAME``:
OWNER is a person of the project, an owner id or an e-mail: ``deal ivan, Romashka Ltd``. Fields of the visitor that the
request holds are added to the verdict's reason: ``told entity.region=521``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from routing.decide.crm_lookup import visitor_facts
from routing.decide.ports import step_seconds
from routing.decide.responsible import Responsible
from routing.model.call import Call
from routing.model.lookup import KINDS, Failed, NoOwnerFound, Outcome, Owner, OwnerFound

INSTANT_MS = 60
_ANSWER = re.compile(r"(?:(lead|deal|contact)\s+)?([^\s,]+)(?:\s*,\s*(.*))?")

#: A crm step's settings, the call, people by owner -> what the CRM finds, and after how many milliseconds.
Crm = Callable[[Mapping[str, Any], Call, Responsible], tuple[Outcome, int]]


def answers(text: str) -> Crm:
    """A CRM that always gives this answer; an empty text makes no request. Raises ValueError for no such answer."""
    if text and text not in ("nobody", "timeout", "refused") and not _ANSWER.fullmatch(text.strip()):
        raise ValueError(f"`{text}` is no answer of a CRM: write nobody, timeout, 500, or `deal ivan, Romashka Ltd`")

    def answer(step: Mapping[str, Any], call: Call, people: Responsible) -> tuple[Outcome, int]:
        if text == "timeout":
            seconds = step_seconds(step)
            return Failed(f"no answer within {seconds:g} s"), round(seconds * 1000)
        return _outcome(text.strip(), step, people), INSTANT_MS if text else 0

    return answer


def sent_fields(step: Mapping[str, Any], call: Call) -> list[str]:
    """The visitor's fields in a CRM request, one part each: ``told entity.region=521``."""
    if not (call.entities or call.source):
        return []
    return [f"told {place}={value}" for place, value in visitor_facts(step, call).items()]


def sent_fields_in(detail: str) -> list[str]:
    """The visitor's fields of a CRM request (`sent_fields`), from the detail of a decision; no value holds ``;``."""
    return [part for part in detail.removesuffix(")").split("; ") if part.startswith("told ")]


def _outcome(text: str, step: Mapping[str, Any], people: Responsible) -> Outcome:
    if not text:
        return NoOwnerFound("not asked")
    if text == "nobody":
        return NoOwnerFound("the CRM knows nobody with this number")
    if text == "refused":
        return Failed("connection refused")
    if re.fullmatch(r"[45]\d\d", text):
        return Failed(f"HTTP status {text}")
    kind, who, name = _ANSWER.fullmatch(text).groups()  # type: ignore[union-attr]  # it was matched before
    order = step.get("order") or KINDS
    owner = people.owner(who) or (Owner("1", email=who) if "@" in who else Owner(who))
    if kind and kind not in order:
        return NoOwnerFound(f"the step does not look for a {kind}")
    return OwnerFound(next(each for each in KINDS if each == (kind or order[0])), "1", owner, name or "")
