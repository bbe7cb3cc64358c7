"""The decision of a ring step with a dynamic order: who is skipped, who is rung first, who after.

Production, `routing trace` and tests call the same ``decide``. Pure: what is remembered, people's states and chance are
arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from routing.decide.strategy import TURNING, Candidate, Chance, Wanted, order
from routing.decide.verdict import Verdict
from routing.decide.wanted import wanted
from routing.model.decision import LONGEST_RING_SECONDS, Call, Decision, Nobody, RingOrder, RingTogether, Wait
from routing.model.memory import Facts, Presence, State


def decide(step: Mapping[str, Any], call: Call, facts: Facts, presence: Presence, chance: Chance) -> Verdict:
    """Whom the step (its entry in ``schemes/<id>.json``) rings. Raises KeyError on a table of another shape."""
    candidates = [_candidate(person) for person in step["people"]]
    states = {who.name: _state(person, facts, presence) for who, person in zip(candidates, step["people"], strict=True)}
    wish = wanted(step.get("skills") or {}, call, facts.known)
    decision = _decision(step, candidates, states, facts, chance, wish)
    return Verdict(decision, "decided", _reason(states, wish))


def _decision(
    step: Mapping[str, Any],
    candidates: Sequence[Candidate],
    states: Mapping[str, State],
    facts: Facts,
    chance: Chance,
    wish: Wanted,
) -> Decision:
    waits = step["order"] == "in_order_waiting"
    able = [who for who in candidates if states[who.name] == "free" or (waits and states[who.name] == "busy")]
    if not able:
        return Nobody()
    if waits and states[able[0].name] == "busy":
        return Wait()
    names = order(step["order"], able, facts, chance, wish)
    if step["order"] == "together":
        return RingTogether(names)
    lengths = {str(person["name"]): int(person["seconds"]) for person in step["people"]}
    fitting = tuple(_fitting(names, lengths, step.get("at_most_s")))
    return RingOrder(fitting, min(lengths[fitting[0]], LONGEST_RING_SECONDS))


def wishes(step: Mapping[str, Any], verdict: Verdict, facts: Facts) -> list[tuple[str, int]]:
    """Whose turn a verdict makes it, and who else would do if that one is taken meanwhile: names with their last turns.

    Empty where turns do not matter. The best by skill stays the best, whoever else has taken him meanwhile.
    """
    if not isinstance(verdict.decision, RingOrder) or step["order"] not in TURNING:
        return []
    names = verdict.decision.people[:1] if step["order"] == "by_skill" else verdict.decision.people
    return [(name, facts.turns.get(name, 0)) for name in names]


def with_turn(verdict: Verdict, name: str) -> Verdict:
    """The verdict with this one rung first."""
    if not isinstance(verdict.decision, RingOrder):
        return verdict
    others = tuple(other for other in verdict.decision.people if other != name)
    return replace(verdict, decision=replace(verdict.decision, people=(name, *others)))


def _candidate(person: Mapping[str, Any]) -> Candidate:
    return Candidate(person["name"], person["person"], int(person.get("weight") or 1), person.get("skills") or {})


def _state(person: Mapping[str, Any], facts: Facts, presence: Presence) -> State:
    if person["person"] in facts.away:
        return "absent"
    return presence.state(person["person"], person["sip"], person["outside"])


def _fitting(names: Sequence[str], lengths: Mapping[str, int], at_most_s: int | None) -> Iterable[str]:
    """As many as can ring to the end within the step's time, the first one always."""
    left = at_most_s
    for name in names:
        if left is not None and lengths[name] > left and name != names[0]:
            return
        yield name
        left = None if left is None else left - lengths[name]


def _reason(states: Mapping[str, State], wish: Wanted) -> str:
    skipped = ", ".join(f"{name} {state}" for name, state in states.items() if state != "free")
    skills = ", ".join(f"{skill} {value}" for skill, value in wish.items())
    return "; ".join(words for words in (skills and f"wants {skills}", skipped) if words)
