"""The webhook step's decision: the handler's answer -> what happens to the call.

The engine, `routing trace` and scheme tests call the same ``decide``. Pure: no sockets, files, clock or environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from routing.decide.answer import Wish, read_answer
from routing.decide.directory import Directory, patterns
from routing.decide.our_caller import for_our_caller
from routing.decide.ports import Ports, Step
from routing.decide.target import Target, target_of, word_of
from routing.decide.verdict import AnswerRefused, HandlerFailure, HandlerReply, Verdict, failed, refused
from routing.model.call import Call
from routing.model.causes import OFFERED
from routing.model.decision import (
    LONGEST_RING_SECONDS,
    Continue,
    Decision,
    End,
    GoScheme,
    RingNumber,
    RingPerson,
    RingPhone,
    clean_name,
)

DEFAULT_RING_SECONDS = 30
SECONDS = re.compile(r"([0-9]{1,3})s?")
#: Labels and callers' names are cut to this length before they are cleaned.
LONGEST_TEXT = 200


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Request a decision from the step's handler."""
    directory = ports.directory(call.release)
    return for_our_caller(decide(step, directory, call, ports.webhook(step, call)), call, directory)


def decide(step: Mapping[str, Any], directory: Directory, call: Call, answer: HandlerReply | HandlerFailure) -> Verdict:
    """What a webhook step (its entry in ``schemes/<id>.json``) does with the handler's answer. Never raises.

    An answer that is unknown, ambiguous, malformed or not allowed continues with the scheme; the verdict says why.
    """
    if isinstance(answer, HandlerFailure):
        return failed(answer.reason)
    try:
        return _obeyed(step, directory, call, read_answer(step, answer))
    except AnswerRefused as problem:
        return refused(str(problem))


def _obeyed(step: Mapping[str, Any], directory: Directory, call: Call, wish: Wish) -> Verdict:
    if "continue" in wish:
        if wish["continue"] is not True:
            raise AnswerRefused("continue must be true")
        return Verdict(Continue(), "continued", "the handler chose to continue")
    return Verdict(_decision(step, directory, call, wish), "decided")


def _decision(step: Mapping[str, Any], directory: Directory, call: Call, wish: Wish) -> Decision:
    if "hangup" in wish:
        return End(_cause(wish["hangup"]))
    if "scheme" in wish:
        return _go(word_of(wish["scheme"], "scheme"), directory, call)
    what, schemes = ("ring", False) if "ring" in wish else ("the answer", True)
    word = word_of(wish["ring" if "ring" in wish else "target"], what)
    target = target_of(word, directory, patterns(step.get("destinations") or ()), schemes)
    if target.kind == "scheme":
        return _go(target.name, directory, call)
    return _ring(target, _seconds(wish.get("for"), step), _name(wish))


def _cause(value: Any) -> str:
    if value is True or value == 1:
        return "NORMAL_CLEARING"
    cause = word_of(value, "hangup").upper()
    if cause not in OFFERED:
        raise AnswerRefused(f"{cause[:40]!a} is not a hangup cause of FreeSWITCH")
    return cause


def _go(scheme: str, directory: Directory, call: Call) -> GoScheme:
    answers_first = directory.schemes.get(scheme)
    if answers_first is None:
        raise AnswerRefused(f"{scheme[:40]!a} is not a known scheme")
    if answers_first and not call.caller_pays:
        raise AnswerRefused(f"scheme {scheme} answers the call before a person does, and this caller does not pay")
    return GoScheme(scheme)


def _ring(target: Target, seconds: int, name: str) -> Decision:
    match target.kind:
        case "person":
            return RingPerson(target.name, seconds, name)
        case "phone":
            return RingPhone(target.name, seconds, name)
        case _:
            return RingNumber(target.name, seconds, name)


def _seconds(value: Any, step: Mapping[str, Any]) -> int:
    if value is None:
        value = step.get("ring_s") or DEFAULT_RING_SECONDS
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    form = SECONDS.fullmatch(word_of(value, "for"))
    seconds = int(form[1]) if form else 0
    if not 1 <= seconds <= LONGEST_RING_SECONDS:
        raise AnswerRefused(f"for must be whole seconds, 1 to {LONGEST_RING_SECONDS}")
    return seconds


def _name(wish: Wish) -> str:
    """What the phone shows: the label, then the caller's name. Any text is cleaned, none is refused."""
    parts = [wish.get("label"), wish.get("caller_name")]
    text = " ".join(str(part)[:LONGEST_TEXT] for part in parts if isinstance(part, str | int))
    return clean_name("".join(sign if sign.isprintable() else " " for sign in text))
