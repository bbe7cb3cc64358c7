"""Explains one call step by step: decisions, their inputs and times, who rang, why nobody talked. Pure.

Uses the journal alone, so an old call is explained by what was true at its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from routing.journal.masked import spans
from routing.journal.record import CallRecord, LegRecord, StepRecord, UtteranceRecord
from routing.model.durations import spoken


def explain(call: CallRecord, at: Callable[[float], str]) -> Iterator[str]:
    """Lines of text; ``at`` formats a time for people."""
    yield f"call {call.id}: {call.status}"
    yield f"  {_who(call)}, {at(call.started)}"
    if call.release:
        yield f"  release {call.release}{f' of {call.project}' if call.project else ''}"
    if call.node:
        yield f"  node {call.node}"
    yield f"  {_end(call)}"
    yield from _sounds(call, at)
    for name, values in (("visitor", call.entities), ("source", call.source)):
        if values:
            yield f"  {name}: {', '.join(f'{key} {value}' for key, value in values.items())}"
    if call.client_name:
        yield f"  client: {call.client_name}"
    if call.tags:
        yield f"  labels: {', '.join(call.tags)}"
    if call.rating_requested:
        whom = f" of {call.rated_person}" if call.rated_person else ""
        yield f"  rating{whom}: {call.rating or 'none given'}, asked at {at(call.rating_requested)}"
    rang = legs_of_steps(call)
    for step in call.steps:
        yield from _step(step, call, rang[step.n])
    for leg in call.legs:
        if not leg.step:
            yield f"  {_leg(leg)}"


def _sounds(call: CallRecord, at: Callable[[float], str]) -> Iterator[str]:
    if call.announced:
        yield f"  the recording was announced, heard to its end at {at(call.announced)}"
    both = ("recording", call.recording, call.recording_gone), ("voicemail", call.voicemail, call.voicemail_gone)
    for name, value, gone in both:
        if value and gone:
            yield f"  {name}: deleted at {at(gone)} ({call.gone_why})"
        elif value:
            yield f"  {name}: {value}"
    for each in call.utterances:
        yield f"  {_utterance_line(each, at)}"
    for since, until in spans(call.masked):
        yield f"  masked from {_seconds(since)} {f'to {_seconds(until)}' if until else 'to the end'} of the recording"


def _utterance_line(each: UtteranceRecord, at: Callable[[float], str]) -> str:
    where = f"{each.scheme} {each.step}".strip()
    if each.gone:
        return f"utterance at {where}: deleted at {at(each.gone)} ({each.gone_why})"
    heard = f'"{each.heard}", confidence {each.confidence:.2f}' if each.heard else "no words"
    return f"utterance at {where}: {heard}: {each.path}"


def _who(call: CallRecord) -> str:
    match call.direction:
        case "out":
            shown = f" and showed {call.number}" if call.number else ""
            return f"{call.person or call.caller} called {call.dialled}{shown}"
        case "internal":
            return f"account {call.caller} called {call.dialled}"
        case "callback":
            return f"{call.number or 'the company'} called {call.client} back"
        case _:
            return f"{call.caller} called {call.number or call.dialled}"


def _end(call: CallRecord) -> str:
    ended = {"caller": "the caller hung up", "person": "the person hung up"}.get(call.ended_by, "the switch ended it")
    wait = f"waited {_seconds(call.wait_s)}"
    if not call.bridged:
        return f"{wait}, nobody talked; {ended} ({call.cause})"
    whom = call.target or "somebody"
    return f"{wait}, talked {_seconds(call.talk_s)} with {whom}; {ended} ({call.cause})"


def _step(step: StepRecord, call: CallRecord, rang: Sequence[LegRecord]) -> Iterator[str]:
    after = step.started - call.started
    summary = ": ".join(filter(None, (step.inputs, step.outcome)))
    yield f"  {after:7.1f} s  {step.scheme} {step.path}  {step.kind}, {_seconds(step.took_s)}: {summary}"
    if step.asked_ms >= 0:
        yield f"             decided `{step.decision}` in {step.asked_ms:.0f} ms{_why(step.verdict)}"
    for leg in rang:
        yield f"             {_leg(leg)}"


def legs_of_steps(call: CallRecord) -> Mapping[int, Sequence[LegRecord]]:
    """The phones that each step rang, by its place in the call."""
    paths: dict[str, list[StepRecord]] = {}
    for step in call.steps:
        paths.setdefault(step.path, []).append(step)
    found: dict[int, list[LegRecord]] = {step.n: [] for step in call.steps}
    for leg in call.legs:
        for step in _steps_of(leg, paths.get(leg.step, ())):
            found[step.n].append(leg)
    return found


def reason_of(verdict: str) -> str:
    """The engine's outcome and reason; that it decided is told already."""
    outcome, _, reason = verdict.partition(" ")
    return ": ".join(part for part in (outcome if outcome != "decided" else "", reason) if part)


def _why(verdict: str) -> str:
    reason = reason_of(verdict)
    return f" ({reason})" if reason else ""


def _steps_of(leg: LegRecord, same: Sequence[StepRecord]) -> Sequence[StepRecord]:
    """Of the steps with a leg's path, the one that rang it: the last one that began by then. All of them when it is not
    known when it rang."""
    if not leg.started:
        return same
    began = next((step for step in reversed(same) if step.started - 0.1 <= leg.started), None)
    return (began,) if began else same


def _leg(leg: LegRecord) -> str:
    who = leg.target or leg.id
    rang = f"rang {_seconds(leg.rang_s)}" if leg.rang_s or leg.picked_up else "did not ring"
    if not leg.why:
        return f"{who} {rang}, talked {_seconds(leg.talk_s)}"
    return f"{who} {rang}: {leg.why} ({leg.cause})"


def _seconds(seconds: float) -> str:
    return spoken(round(seconds)) if seconds >= 60 else f"{seconds:.1f} s"
