"""What a CRM answers in a trace or a test, in words; the decision over it is production's.

``nobody`` · ``timeout`` · ``refused`` · ``400`` to ``599`` · ``OWNER``, ``KIND OWNER``, ``KIND OWNER, CALLER'S NAME``:
OWNER is a person of the project, an owner id or an e-mail: ``deal ivan, Romashka Ltd``. The verdict's reason
says what it was told of the visitor besides: ``told entity.region=521``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from routing.decide.crm import Responsible, decide, told
from routing.decide.verdict import Verdict
from routing.model.decision import Call
from routing.model.lookup import KINDS, Failed, Found, Nobody, Outcome, Owner

INSTANT_MS = 60
_ANSWER = re.compile(r"(?:(lead|deal|contact)\s+)?([^\s,]+)(?:\s*,\s*(.*))?")

#: A crm step's settings, who stands for whom and the call -> the verdict, and after how many milliseconds.
Crm = Callable[[Mapping[str, Any], Responsible, Call], tuple[Verdict, int]]


def answers(words: str) -> Crm:
    """A CRM that always answers the same. Raises ValueError when the words say nothing."""
    if words not in ("nobody", "timeout", "refused") and not _ANSWER.fullmatch(words.strip()):
        raise ValueError(f"`{words}` is no answer of a CRM: write nobody, timeout, 500, or `deal ivan, Romashka Ltd`")

    def answer(step: Mapping[str, Any], people: Responsible, call: Call) -> tuple[Verdict, int]:
        outcome, took_ms = _outcome(words.strip(), step, people), INSTANT_MS
        if words == "timeout":
            seconds = float(step.get("timeout_s") or 2)
            outcome, took_ms = Failed(f"no answer within {seconds:g} s"), round(seconds * 1000)
        verdict = decide(step, people, outcome)
        return replace(verdict, reason="; ".join((verdict.reason, *_told(step, call)))), took_ms

    return answer


def _told(step: Mapping[str, Any], call: Call) -> list[str]:
    if not (call.entities or call.source):
        return []
    return [f"told {place}={value}" for place, value in told(step, call).items()]


def told_of(detail: str) -> list[str]:
    """What a CRM was told, ``told entity.region=521``, from what a trace says of its answer; no value holds ``;``."""
    return [part for part in detail.removesuffix(")").split("; ") if part.startswith("told ")]


def _outcome(words: str, step: Mapping[str, Any], people: Responsible) -> Outcome:
    if words == "nobody":
        return Nobody("the CRM knows nobody with this number")
    if words == "refused":
        return Failed("connection refused")
    if re.fullmatch(r"[45]\d\d", words):
        return Failed(f"HTTP status {words}")
    kind, who, name = _ANSWER.fullmatch(words).groups()  # type: ignore[union-attr]  # it was matched before
    order = step.get("order") or KINDS
    owner = people.owner(who) or (Owner("1", email=who) if "@" in who else Owner(who))
    if kind and kind not in order:
        return Nobody(f"the step does not look for a {kind}")
    return Found(next(each for each in KINDS if each == (kind or order[0])), "1", owner, name or "")
