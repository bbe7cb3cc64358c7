"""The circumstances that a call consulted and that are worth varying: callers, digits, answers, phones. Pure.

They come from the call's events and from the compiled files that it read, never from schemes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from routing.diff.callers import CALLER, Callers, examples, fits
from routing.diff.carry import Run
from routing.diff.moments import Kind
from routing.diff.scenario import ORDER, Delta, Scenario
from routing.diff.side import Side
from routing.model.entities import ENTITY, SOURCE, decoded
from routing.model.typed_digits import SECRET, TYPED
from routing.offline.events import Event
from routing.offline.listening import DOWN
from routing.offline.reading import DialplanInputs
from routing.steps import ASKING

Sides = tuple[tuple[Side, Run], ...]
MOST_DIGITS = 50
DIGITS = "${routing_digits}"
WRONG = "9870654321*"
KEYS = re.compile(r"[0-9*#]+")
#: A caller presses a key so many seconds after they began to wait.
PRESSES_AFTER_S = 5


@dataclass(frozen=True)
class Choices:
    """Decisions to try in dynamic steps: a person on both sides, and schemes that a webhook may name."""

    person: str
    schemes: tuple[str, ...]


def leading(sides: Sides, scenario: Scenario, callers: Callers, choices: Choices) -> Iterator[Scenario]:
    """Variations that may change the path of the call."""
    yield from _other_callers(sides, scenario, callers)
    yield from _digits(sides, scenario)
    yield from _keys(sides, scenario)
    yield from _phrases(sides, scenario)
    yield from _visitors(sides, scenario)
    for delta in _answers(sides, choices):
        if not scenario.has(delta.kind) and not scenario.has("engine"):
            yield scenario.with_(delta)


def phones(scenario: Scenario, rung: Iterable[str]) -> Iterator[Scenario]:
    """Variations of these phones: one answers; all are busy; all are unreachable."""
    targets = dict.fromkeys(rung)
    yield from (scenario.with_(Delta("answers", who)) for who in targets)
    if targets:
        yield from (scenario.with_(Delta("others", what=what)) for what in ("busy", "unreachable"))


def unconfirmed(scenario: Scenario) -> Scenario:
    """The same call without a confirm key pressed."""
    changed = (Delta("unconfirmed", delta.who) if delta.kind == "answers" else delta for delta in scenario.deltas)
    return replace(scenario, deltas=tuple(changed))


def _tests(sides: Sides) -> set[tuple[str, str]]:
    return {
        test
        for side, run in sides
        for path in run.read
        if path.startswith(("schemes/", "lists/")) and path.endswith(".xml")
        for test in side.inputs_of(path).tests
    }


def _other_callers(sides: Sides, scenario: Scenario, callers: Callers) -> Iterator[Scenario]:
    if scenario.has("caller"):
        return
    tests = [expression for field, expression in _tests(sides) if field == CALLER]
    for caller, label in callers.others.items():
        if any(fits(caller, test) != fits(scenario.caller, test) for test in tests):
            yield replace(scenario.with_(Delta("caller", label, caller)), caller=caller)


def _visitors(sides: Sides, scenario: Scenario) -> Iterator[Scenario]:
    if "visitor" not in {step["kind"] for step in _decided_steps(sides)} or scenario.has("entity"):
        return
    for field, expression in sorted(_tests(sides)):
        for prefix, kind in ((ENTITY, "entity"), (SOURCE, "source")):
            name = field.removeprefix("${" + prefix).removesuffix("}")
            if name != field.removesuffix("}"):
                for text in islice(examples(expression), 2):
                    yield scenario.with_(Delta("entity", f"{kind} {name}", decoded(text)))


def _answers(sides: Sides, choices: Choices) -> Iterator[Delta]:
    found = dict.fromkeys(
        Delta(*variation)
        for step in _decided_steps(sides)
        for variation in ASKING[step["kind"]].variations(step, choices.person, choices.schemes)
    )
    yield from sorted(found, key=lambda delta: ORDER.index(delta.kind))


def _decided_steps(sides: Sides) -> list[Mapping[str, Any]]:
    """The tables of the dynamic steps for which the call requested a decision."""
    found = []
    for side, run in sides:
        for event in run.events:
            if event.kind in ("decision", "fallback"):
                steps = _table(side.text(f"schemes/{event.scheme}.json")).get("steps", {})
                found += [steps[event.step]] if event.step in steps else []
    return found


@lru_cache(maxsize=4096)
def _table(text: str) -> Mapping[str, Any]:
    return json.loads(text) if text else {}


def _digits(sides: Sides, scenario: Scenario) -> Iterator[Scenario]:
    """At each new prompt: one input of each kind that the dialplan distinguishes."""
    for _, run in sides:
        before = None
        tries = [event for event in run.events if event.kind == "digits"]
        for index, event in enumerate(tries):
            if (event.scheme, event.step) != before and index >= len(scenario.digits):
                passed = (*scenario.digits, *("-" for _ in range(index - len(scenario.digits))))
                for typed in _choices([side.inputs_of(f"schemes/{event.scheme}.xml") for side, _ in sides]):
                    yield replace(scenario, digits=(*passed, typed))
            before = (event.scheme, event.step)


def _keys(sides: Sides, scenario: Scenario) -> Iterator[Scenario]:
    """Each key that leaves a queue on either side, soon after the caller began to wait there."""
    if scenario.has("presses"):
        return
    for side, run in sides:
        if began := next((event for event in run.events if _waits(side, event)), None):
            after_s = began.at_ms // 1000 + PRESSES_AFTER_S
            both = (each.inputs_of(f"schemes/{began.scheme}.xml").keys for each, _ in sides)
            yield from (scenario.with_(Delta("presses", str(after_s), key)) for key in sorted(set().union(*both)))


def _phrases(sides: Sides, scenario: Scenario) -> Iterator[Scenario]:
    """At a speech menu, a phrase of each option of either side, and a recogniser that is down."""
    if scenario.has("says"):
        return
    found: dict[str, None] = {}
    for side, run in sides:
        for event in run.events:
            if event.kind == "step" and event.detail == "listen":
                step = _table(side.text(f"schemes/{event.scheme}.json")).get("steps", {}).get(event.step, {})
                for phrases in step.get("phrases", {}).values():
                    found |= dict.fromkeys({option: phrase for phrase, option in phrases.items()}.values())
    yield from (scenario.with_(Delta("says", what=phrase)) for phrase in (*found, *([DOWN] if found else ())))


def _waits(side: Side, event: Event) -> bool:
    """Whether a caller waits in a queue from this event on: nobody took the first offer, or there was none."""
    if event.kind == "ring_end" or (event.kind == "decision" and event.detail.startswith("wait")):
        steps = _table(side.text(f"schemes/{event.scheme}.json")).get("steps", {})
        return bool(steps.get(event.step, {}).get("kind") == "queue")
    return False


def _choices(menus: Sequence[DialplanInputs]) -> Iterator[str]:
    """Inputs for the menus of a scheme on both sides: one of each kind, an invalid one included."""
    fields = (DIGITS, f"${{{TYPED}")
    tests = sorted({test for menu in menus for field, test in menu.tests if field.startswith(fields)})
    questions = [question for menu in menus for question in menu.questions]
    lengths = {question.pattern for question in questions if question.variable.startswith((TYPED, SECRET))}
    matched = [key for test in (*tests, *sorted(lengths)) for key in islice(examples(test), MOST_DIGITS)]
    valid = [key for key in matched if KEYS.fullmatch(key)]  # a condition may ask for more than the keys
    known: dict[tuple[bool, ...], str] = {}
    for key in [*valid, *WRONG]:
        patterns = [question.pattern for question in questions]
        known.setdefault(tuple(fits(key, test) for test in (*tests, *patterns)), key)
    for key in known.values():
        # FreeSWITCH waits for more digits where they could be valid: a pause ends this input
        longer = (f"{key}{'0' * more}" for more in range(1, MOST_DIGITS))
        begun = any(other != key and other.startswith(key) for other in valid)
        yield key + ("-" if begun or any(fits(each, test) for each in longer for test in tests) else "")


def by_hand(sides: Sides, scenario: Scenario, kind: Kind, every: Sequence[Kind]) -> Iterator[Scenario]:
    """Calendars opened and closed manually, where that gives a combination of states that no moment has."""
    usual = {other.states for other in every}
    read = [{path for path in run.read if path.startswith("calendars/")} for _, run in sides]
    for path in sorted(read[0] | read[1]):
        for state in ("open", "closed"):
            states = tuple((key, state if key[1] == path else before) for key, before in kind.states)
            one_sided = path not in read[0] & read[1]
            if states != kind.states and (one_sided or states not in usual):
                name = path.removeprefix("calendars/").removesuffix(".xml")
                yield scenario.with_(Delta("hours", name, state))
