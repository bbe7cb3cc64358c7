"""The call record of a call on the offline switch, as the journal has one of a call on FreeSWITCH. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from routing.journal.record import CallRecord, LegRecord, StepRecord
from routing.journal.result import StepResult
from routing.journal.status import StatusFacts, status
from routing.model.decision import LABEL
from routing.model.entities import Visitor
from routing.model.rating import REQUESTED, SCORE
from routing.offline.events import Event, ended, our_caller
from routing.offline.switch import OfflineCall
from routing.sample.step_text import decided, leg_text, step_text

#: Events that decide a step's result: the last of them counts.
_RESULTS = {
    "talk": StepResult.TALKED,
    "voicemail": StepResult.RECORDED,
    "decision": StepResult.DECIDED,
    "fallback": StepResult.UNDECIDED,
    "ring": StepResult.NO_TALK,
}


@dataclass(frozen=True)
class SampleRecorder:
    """Makes records. ``release``: the folder of the release that carried the calls."""

    project: str
    release: str
    node: str

    def record(self, call: OfflineCall, events: Sequence[Event], visitor: Visitor | None = None) -> CallRecord:
        """The record of a call that is over."""
        began_s = call.at.timestamp()
        out = dict(call.variables).get("routing_person") or our_caller(events)
        legs = tuple(_legs(events, began_s, call.uuid))
        steps = tuple(_steps(events, began_s))
        facts = _Facts.of(events)
        talked = next((event for event in events if event.kind == "talk"), None)
        talk_s = sum(event.lasted_ms for event in events if event.kind == "talk_end") / 1000
        target = talked.subject if talked else ""
        found = CallRecord(
            id=call.uuid, project=self.project, direction="out" if out else "in",
            number=facts.number, dialled=call.to, caller=dict(call.variables).get("routing_account") or call.caller,
            client=_client(call, out, target), schemes=facts.schemes, release=self.release, started=began_s,
            answered=_at(began_s, facts.answered_ms), bridged=_at(began_s, talked.at_ms if talked else None),
            ended=began_s + ended(events).at_ms / 1000, status="", cause=ended(events).subject,
            ended_by=_who(ended(events).detail), person=out or target.partition(".")[0], target=target,
            wait_s=(talked or ended(events)).at_ms / 1000, talk_s=talk_s, recording="",
            voicemail=facts.voicemail, box="", **_decision(facts.decided),
            source=dict(visitor.source) if visitor else {}, entities=dict(visitor.entities) if visitor else {},
            tags=facts.tags, client_name=facts.client_name, node=self.node, steps=steps, legs=legs,
            **_rating(events, began_s),
        )  # fmt: skip
        return replace(found, status=_status(found, facts.digits))


@dataclass(frozen=True)
class _Facts:
    """What single events say of a call."""

    number: str
    schemes: tuple[str, ...]
    tags: tuple[str, ...]
    client_name: str
    digits: str
    voicemail: str
    decided: Event | None
    answered_ms: int | None

    @classmethod
    def of(cls, events: Sequence[Event]) -> _Facts:
        def subjects(kind: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys(event.subject for event in events if event.kind == kind))

        settings = [event.subject.split("=", 1) for event in events if event.kind == "variable"]
        variables = dict(settings)
        decided = next((event for event in reversed(events) if event.kind == "decision"), None)
        answered = next((event.at_ms for event in events if event.kind in ("answered", "talk")), None)
        return cls(
            number=variables.get("routing_number", ""),
            schemes=subjects("scheme"),
            tags=subjects("tag"),
            client_name=next((value for name, value in reversed(settings) if name == LABEL and value), ""),
            digits="".join(event.detail for event in events if event.kind == "digits").replace("-", ""),
            voicemail=next((event.subject for event in events if event.kind == "voicemail"), ""),
            decided=decided,
            answered_ms=answered,
        )


def _rating(events: Sequence[Event], began_s: float) -> dict[str, Any]:
    """The caller's score, when they were asked, and whom it is about."""
    question = next((event for event in events if event.subject == f"{REQUESTED}=true"), None)
    if question is None:
        return {}
    score = next((event.detail for event in reversed(events) if event.subject == SCORE), "")
    last = next((event.subject for event in reversed(events) if event.kind == "talk_end"), "")
    return {
        "rating": int(score) if score.isdecimal() else 0,
        "rating_requested": began_s + question.at_ms / 1000,
        "rated_person": "" if last.startswith("+") else last.partition(".")[0],
    }


def _client(call: OfflineCall, out: str, target: str) -> str:
    number = (target if target.startswith("+") else call.to) if out else call.caller
    return number if number.startswith("+") else ""


def _at(began_s: float, at_ms: int | None) -> float:
    return began_s + at_ms / 1000 if at_ms is not None else 0.0


def _who(detail: str) -> str:
    return "caller" if detail == "caller" else "person" if "." in detail else "switch"


def _status(call: CallRecord, digits: str) -> str:
    return status(
        StatusFacts(
            call.direction, bool(call.bridged), bool(call.voicemail), call.cause, "", digits, call.schemes,
            call.steps, call.legs,
        )
    )  # fmt: skip


def _steps(events: Sequence[Event], began_s: float) -> Iterator[StepRecord]:
    starts = [at for at, event in enumerate(events) if event.kind == "step"]
    for n, at in enumerate(starts):
        inside = events[at : starts[n + 1] if n + 1 < len(starts) else len(events)]
        first = events[at]
        last_ms = next((event.at_ms for event in inside if event.kind == "talk"), inside[-1].at_ms)
        decided = next((event for event in inside if event.kind == "decision"), None)
        inputs, outcome = step_text(first.detail, inside)
        yield StepRecord(
            n=n, scheme=first.scheme, path=first.subject, kind=first.detail, started=began_s + first.at_ms / 1000,
            took_s=(last_ms - first.at_ms) / 1000, result=_result(inside),
            inputs=inputs, outcome=outcome,
            **_decision(decided),
        )  # fmt: skip


def _decision(event: Event | None) -> dict[str, Any]:
    """An engine's decision, its reason, how long it took."""
    if event is None:
        return {"decision": "", "verdict": "", "asked_ms": -1.0}
    decision, reason = decided(event)
    verdict = f"decided {reason}" if reason else "decided"
    return {"decision": decision, "verdict": verdict, "asked_ms": float(max(event.lasted_ms, 1))}


def _result(inside: Sequence[Event]) -> str:
    kinds = [event.kind for event in inside]
    found = next((result for kind, result in _RESULTS.items() if kind in kinds), StepResult.DONE)
    if found is StepResult.DONE and (digits := [event.detail for event in inside if event.kind == "digits"]):
        return StepResult.NO_CHOICE if digits[-1].startswith(("-", "!")) else StepResult.CHOSEN
    if found is StepResult.DONE and kinds[-1] == "end":
        return StepResult.ENDED
    return found


def _legs(events: Sequence[Event], began_s: float, call: str) -> Iterator[LegRecord]:
    rung: dict[str, tuple[int, Event]] = {}
    talks: Mapping[str, Event] = {event.subject: event for event in events if event.kind == "talk_end"}
    for event in events:
        if event.kind == "ring":
            rung[event.subject] = len(rung), event
        elif event.kind == "ring_end" and event.subject in rung:
            n, ring = rung.pop(event.subject)
            talk = talks.get(event.subject) if event.detail == "answered" else None
            yield LegRecord(
                id=f"{call[:-4]}{n:04x}" if event.at_ms > ring.at_ms else f"-{ring.step}.{ring.subject}",
                step=ring.step, target=ring.subject, person=ring.subject.partition(".")[0],
                started=began_s + ring.at_ms / 1000, rang_s=(event.at_ms - ring.at_ms) / 1000,
                picked_up=event.detail == "answered", talk_s=talk.lasted_ms / 1000 if talk else 0.0,
                cause="NORMAL_CLEARING" if event.detail == "answered" else event.detail,
                why=leg_text(event, talked=talk is not None),
            )  # fmt: skip
