"""A call as a timeline: every step with what it used, what came of it and who rang, as `routing.journal.explain` tells
it in lines. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from routing.desk.masks import NumberView
from routing.journal.explain import legs_of_steps, reason_of
from routing.journal.record import CallRecord, LegRecord, StepRecord
from routing.journal.result import StepResult

#: Tone of a step by its result.
_TONES = {
    StepResult.TALKED: "good",
    StepResult.RECORDED: "good",
    StepResult.UNDECIDED: "warn",
    StepResult.NO_CHOICE: "warn",
    StepResult.NO_MESSAGE: "warn",
    StepResult.NO_TALK: "bad",
    StepResult.LEFT: "bad",
}
_ICONS = {
    "ring": "phone", "queue": "list-ordered", "play": "play", "menu": "menu", "listen": "menu", "ask": "info",
    "ask_number": "info",
    "hours": "clock", "match": "git-branch", "open_branch": "house", "visitor": "user", "sticky": "repeat",
    "crm": "book-user", "lookup": "search", "webhook": "external-link", "callback": "undo-2",
    "conference": "users", "voicemail": "voicemail", "tag": "tag", "language": "globe", "scheme": "workflow",
    "hangup": "phone-off", "rate": "star", "flood": "shield",
}  # fmt: skip


@dataclass(frozen=True)
class LadderRing:
    """A phone of a step. ``phone``: its label or number; ``why``: why there was no talk on it, "" when there was."""

    person: str
    phone: str
    after_s: float
    rang_s: float
    rang: bool
    talk_s: float
    why: str
    cause: str


@dataclass(frozen=True)
class LadderStep:
    """A step. ``after_s``: seconds after the call's beginning; ``decision``: "" when the engine was not asked."""

    kind: str
    icon: str
    tone: str
    scheme: str
    path: str
    after_s: float
    took_s: float
    inputs: str
    outcome: str
    decision: str
    asked_ms: float
    reason: str
    rings: Sequence[LadderRing]


def ladder(call: CallRecord, numbers: NumberView, name_of: Callable[[str], str]) -> list[LadderStep]:
    """The steps in order."""
    rang = legs_of_steps(call)
    return [_step(step, rang[step.n], call, numbers, name_of) for step in call.steps]


def other_rings(call: CallRecord, numbers: NumberView, name_of: Callable[[str], str]) -> list[LadderRing]:
    """The phones that no step rang: those of outgoing and internal calls, of transfers."""
    shown = {leg.id for legs in legs_of_steps(call).values() for leg in legs}
    return [_ring(leg, call, numbers, name_of) for leg in call.legs if leg.id not in shown]


def _step(
    step: StepRecord, legs: Sequence[LegRecord], call: CallRecord, numbers: NumberView, name_of: Callable[[str], str]
) -> LadderStep:
    is_decided = step.asked_ms >= 0
    return LadderStep(
        kind=step.kind,
        icon=_ICONS.get(step.kind, "circle-dot"),
        tone=_TONES.get(StepResult(step.result), "quiet") if step.result in set(StepResult) else "quiet",
        scheme=step.scheme,
        path=step.path,
        after_s=max(step.started - call.started, 0.0),
        took_s=step.took_s,
        inputs=numbers.text(step.inputs),
        # what became of each phone stands below
        outcome="" if step.kind == "ring" and legs else numbers.text(step.outcome),
        decision=numbers.text(step.decision) if is_decided else "",
        asked_ms=step.asked_ms,
        reason=numbers.text(reason_of(step.verdict)) if is_decided else "",
        rings=[_ring(leg, call, numbers, name_of) for leg in legs],
    )


def _ring(leg: LegRecord, call: CallRecord, numbers: NumberView, name_of: Callable[[str], str]) -> LadderRing:
    return LadderRing(
        person=name_of(leg.person) if leg.person else "",
        phone=numbers.shown(leg.target or leg.id),
        after_s=max(leg.started - call.started, 0.0) if leg.started else 0.0,
        rang_s=leg.rang_s,
        rang=bool(leg.rang_s or leg.picked_up),
        talk_s=leg.talk_s,
        why=numbers.text(leg.why),
        cause=leg.cause,
    )
