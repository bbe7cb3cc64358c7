"""A scenario on one side: the offline switch runs the call, with production's decision code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from routing.decide.verdict import HandlerFailure
from routing.decide.verdict import HandlerReply as Http
from routing.diff.scenario import ANSWERS_AFTER, Scenario
from routing.diff.side import Side
from routing.model.call import Call as Asking
from routing.model.entities import Visitor
from routing.offline.answering import InProcess, canned
from routing.offline.crm_answers import answers
from routing.offline.decider import Decider, refused
from routing.offline.events import Event
from routing.offline.phones import ScriptedCaller, ScriptedPhones
from routing.offline.remembered import Remembered
from routing.offline.spent import Handler
from routing.offline.switch import OfflineCall


@dataclass(frozen=True)
class Run:
    """The events on one side, and the files of the release that were read."""

    events: tuple[Event, ...]
    read: frozenset[str]


def carry(side: Side, scenario: Scenario) -> Run:
    """Run the call."""
    side.watched.seen.clear()
    events = side.published.run(
        OfflineCall(scenario.to, scenario.caller, scenario.at),
        _phones(scenario),
        ScriptedCaller(scenario.typed, presses=_presses(scenario), says=tuple(filter(None, [scenario.value("says")]))),
        _decider(side, scenario),
        {f"hours_{delta.who}": delta.what for delta in scenario.deltas if delta.kind == "hours"},
    )
    return Run(tuple(events), frozenset(side.relative(side.watched.seen)))


def _presses(scenario: Scenario) -> tuple[tuple[str, int], ...]:
    return tuple((delta.what, int(delta.who) * 1000) for delta in scenario.deltas if delta.kind == "presses")


def _phones(scenario: Scenario) -> ScriptedPhones:
    scripts = {delta.who: ANSWERS_AFTER for delta in scenario.deltas if delta.kind == "answers"}
    scripts |= {
        delta.who: f"{ANSWERS_AFTER}, never confirms" for delta in scenario.deltas if delta.kind == "unconfirmed"
    }
    return ScriptedPhones.of(scripts, scenario.value("others") or "no answer")


def _decider(side: Side, scenario: Scenario) -> Decider:
    if scenario.has("engine"):
        return refused
    sticky = scenario.value("sticky")
    states = {delta.who: delta.what for delta in scenario.deltas if delta.kind == "state"}
    return InProcess(
        side.watched,
        _handler(scenario.value("webhook") or "refused"),
        _visitor(scenario),
        Remembered(talks={"*": (sticky, "")} if sticky else {}, states=states),  # type: ignore[arg-type]
        answers(scenario.value("crm") or "nobody"),
    )


def _visitor(scenario: Scenario) -> Visitor | None:
    facts: dict[str, dict[str, str]] = {"entity": {}, "source": {}}
    for delta in scenario.deltas:
        if delta.kind == "entity":
            kind, _, name = delta.who.partition(" ")
            facts[kind][name] = delta.what
    return Visitor(facts["entity"], facts["source"]) if facts["entity"] or facts["source"] else None


def _handler(text: str) -> Handler:
    """A handler that answers with a bare word, wrapped for JSON-RPC."""
    plain = canned(text)

    def answer(step: Mapping[str, Any], call: Asking) -> tuple[Http | HandlerFailure, int]:
        wraps = step.get("import") == "json-rpc" and text not in ("timeout", "refused")
        return (canned(f'{{"result": "{text}"}}') if wraps else plain)(step, call)

    return answer
