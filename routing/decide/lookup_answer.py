"""The lookup step's decision: a server's answer -> found with its fields, missing, or down.

The engine, `routing trace` and scheme tests call the same ``decide``. Pure: the server and the counts of guesses are
ports. No reason repeats anything of the question or the answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from routing.decide.ports import Ports, Step, step_seconds
from routing.decide.speaking import speak
from routing.decide.verdict import AnswerRefused, HandlerFailure, HandlerReply, Verdict, failed, refused
from routing.model.answers import Found, NothingFound
from routing.model.call import Call
from routing.model.proof import PROVEN, proves
from routing.model.question import fields_of, found_in
from routing.model.spoken import VoiceFault

#: Statuses by which a server says that there is no such thing.
NOWHERE = (404, 410)


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Ask the step's server, unless this caller has guessed too often."""
    says = step.get("say")
    began_s = ports.now() if says else 0.0
    project, most = str(step.get("project")), int(step.get("misses") or 0)
    who = f"{call.scheme}:{call.step}:{call.caller}"
    within_s = int(step.get("within_s") or 900)
    if most and ports.guesses.begin(project, who, within_s) > most:
        return Verdict(NothingFound(), "decided", f"not asked: more than {most} questions without an answer")
    verdict = decide(step, call, ports.webhook(step, call))
    if most and not isinstance(verdict.decision, NothingFound):
        ports.guesses.found(project, who, within_s)
    if isinstance(verdict.decision, Found) and says:
        took_s = max(ports.now() - began_s, 0.0)  # a clock may be set back
        return _spoken(verdict, says, call, ports, step_seconds(step) - took_s)
    return verdict


def _spoken(verdict: Verdict, says: Mapping[str, Any], call: Call, ports: Ports, left_s: float) -> Verdict:
    """The same with the file of the step's text, if a voice speaks within the rest of the step's time."""
    knows = replace(call, found={**call.found, **found_in(verdict.variables)})
    try:
        variables = speak(says, knows, ports, max(left_s, 0.0))
    except VoiceFault as problem:
        return replace(verdict, reason=f"{verdict.reason}; the voice: {problem.reason}")
    return replace(verdict, variables={**verdict.variables, **variables})


def decide(step: Mapping[str, Any], call: Call, reply: HandlerReply | HandlerFailure) -> Verdict:
    """What a lookup step (its entry in ``schemes/<id>.json``) does with an answer. Never raises."""
    if isinstance(reply, HandlerFailure):
        return failed(reply.reason)
    if reply.status in NOWHERE:
        return Verdict(NothingFound(), "decided", f"HTTP status {reply.status}")
    try:
        content = _content(reply)
    except AnswerRefused as problem:
        return refused(str(problem))
    if not content:
        return Verdict(NothingFound(), "decided", "the answer is empty")
    fields = fields_of(content, step.get("fields") or {}, call.typed.secret)
    proof = {PROVEN: "true"} if proves(step, call) else {}
    return Verdict(Found(), "decided", f"{sum(map(bool, fields.values()))} fields", {**fields, **proof})


def _content(reply: HandlerReply) -> Any:
    if not 200 <= reply.status <= 299:
        raise AnswerRefused(f"HTTP status {reply.status}")
    try:
        content = json.loads(reply.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise AnswerRefused("the answer is not JSON") from None
    if content is not None and not isinstance(content, dict | list):
        raise AnswerRefused("the answer is neither an object nor a list")
    return content
