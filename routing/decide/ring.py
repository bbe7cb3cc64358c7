"""The decision of a ring step with a dynamic order: who is skipped, who rings first, who rings next.

The engine, `routing trace` and scheme tests call the same ``decide``. Pure: the memory's facts, people's states, chance
and the keeper of turns are arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from routing.decide.known import talks
from routing.decide.ports import Ports, Step
from routing.decide.required_skills import required_skills
from routing.decide.strategy import BY_LOAD, Candidate, Chance, RequiredSkills, Take, order
from routing.decide.verdict import Verdict
from routing.model.call import Call
from routing.model.decision import LONGEST_RING_SECONDS, Decision, Nobody, RingOrder, RingTogether, Wait
from routing.model.memory import PeopleFacts, Presence, State


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Whom to ring, in order; takes the turn at once, so that all engines share the turns. Raises Forgotten."""
    project, place = step["project"], (call.scheme, call.step)

    def take(ranked: Sequence[tuple[str, int]], spread: bool) -> str:
        return ports.memory.take_turn(project, place, ranked, spread)

    return decide(step, call, _facts(step, call, ports), ports.presence(call.uuid), ports.chance, take)


def _facts(step: Step, call: Call, ports: Ports) -> PeopleFacts:
    """The facts that the step's order needs."""
    people, day = (), ""
    if step["order"] in BY_LOAD:
        people = tuple(dict.fromkeys(person["person"] for person in step["people"]))
        day = datetime.fromtimestamp(ports.now(), _zone(step["timezone"])).strftime("%Y%m%d")
    facts = ports.memory.facts(step["project"], people, day, (call.scheme, call.step))
    if "known" in (step.get("skills") or {}).values():
        facts = replace(facts, known=any(True for _ in talks(step, call.caller, ports)))
    return facts


def decide(
    step: Mapping[str, Any],
    call: Call,
    facts: PeopleFacts,
    presence: Presence,
    chance: Chance,
    take: Take | None = None,
) -> Verdict:
    """Whom the step (its entry in ``schemes/<id>.json``) rings. Raises KeyError on a table of another shape.

    ``take``: takes the turn, where turns matter; without it the facts say whose turn it is.
    """
    states = {person["name"]: _state(person, facts, presence) for person in step["people"]}
    required = required_skills(step.get("skills") or {}, call, facts.known)

    def ordered(people: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        return order(step["order"], [_candidate(person) for person in people], facts, chance, required, take)

    return Verdict(_decision(step, states, ordered), "decided", _reason(states, required))


def _decision(
    step: Mapping[str, Any],
    states: Mapping[str, State],
    ordered: Callable[[Sequence[Mapping[str, Any]]], tuple[str, ...]],
) -> Decision:
    waits = step["order"] == "in_order_waiting"
    able = [
        each for each in step["people"] if states[each["name"]] == "free" or (waits and states[each["name"]] == "busy")
    ]
    if not able:
        return Nobody()
    if waits and states[able[0]["name"]] == "busy":
        return Wait()
    names = ordered(able)
    if step["order"] == "together":
        return RingTogether(names)
    lengths = {person["name"]: int(person["seconds"]) for person in able}
    fitting = tuple(_fitting(names, lengths, step.get("at_most_s")))
    return RingOrder(fitting, min(lengths[fitting[0]], LONGEST_RING_SECONDS))


def _candidate(person: Mapping[str, Any]) -> Candidate:
    return Candidate(person["name"], person["person"], int(person.get("weight") or 1), person.get("skills") or {})


def _state(person: Mapping[str, Any], facts: PeopleFacts, presence: Presence) -> State:
    if person["person"] in facts.away:
        return "absent"
    return presence.state(person["person"], person["sip"], person["outside"])


def _fitting(names: Sequence[str], lengths: Mapping[str, int], at_most_s: int | None) -> Iterable[str]:
    """The names whose ringing fits into the step's time; always the first one."""
    left = at_most_s
    for name in names:
        if left is not None and lengths[name] > left and name != names[0]:
            return
        yield name
        left = None if left is None else left - lengths[name]


def _reason(states: Mapping[str, State], required: RequiredSkills) -> str:
    skipped = ", ".join(f"{name} {state}" for name, state in states.items() if state != "free")
    skills = ", ".join(f"{skill} {value}" for skill, value in required.items())
    return "; ".join(part for part in (skills and f"requires {skills}", skipped) if part)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
