"""The engine's decision without an engine: canned answers of a handler through the production decision
code.

What production reads from a release's ``schemes/<id>.json`` and ``table.json`` is read here through the
files port; what an HTTP client would bring is a `Handler`. No sockets, no clock.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from routing.decide.crm import Responsible
from routing.decide.directory import Directory
from routing.decide.verdict import Answer as Http
from routing.decide.verdict import Failure, Verdict, failed
from routing.decide.visitor import decide as decide_visitor
from routing.decide.webhook import decide
from routing.model.decision import E164, Call, encode
from routing.model.entities import Visitor, visitor_of
from routing.offline.crm import Crm, answers
from routing.offline.decider import Answer, Closed, Reply
from routing.offline.files import Files
from routing.offline.remembered import KINDS, Remembered

#: A step's settings and the call's facts -> what the handler answers, and after how many milliseconds.
Handler = Callable[[Mapping[str, Any], Call], tuple[Http | Failure, int]]

INSTANT_MS = 20
GARBAGE = b"\x00\xff<html>not an answer"


def canned(words: str) -> Handler:
    """A handler that always answers the same: a body, ``timeout``, ``refused``, ``garbage`` or a status
    code."""

    def answer(step: Mapping[str, Any], call: Call) -> tuple[Http | Failure, int]:
        if words == "timeout":
            seconds = float(step.get("timeout_s") or 2)
            return Failure(f"no answer within {seconds:g} s"), round(seconds * 1000)
        if words == "refused":
            return Failure("connection refused"), INSTANT_MS
        if re.fullmatch(r"[1-5]\d\d", words):
            return Http(int(words), "text/plain", b""), INSTANT_MS
        body = GARBAGE if words == "garbage" else words.encode()
        return Http(200, "application/json", body), INSTANT_MS

    return answer


def by_url(handlers: Mapping[str, Handler], otherwise: Handler) -> Handler:
    """The handler of the step's URL; ``otherwise`` for URLs that have none."""

    def answer(step: Mapping[str, Any], call: Call) -> tuple[Http | Failure, int]:
        return handlers.get(str(step.get("url")), otherwise)(step, call)

    return answer


class InProcess:
    """A decider for `switch.run`: the same ``decide`` as the engine's, over a handler's canned answer."""

    def __init__(
        self,
        files: Files,
        handler: Handler,
        visitor: Visitor | None = None,
        remembered: Remembered | None = None,
        crm: Crm | None = None,
    ) -> None:
        self.files = files
        self.handler = handler
        self.remembered = remembered or Remembered()
        self.crm = crm or answers("nobody")
        #: To whom every number of a pool is lent.
        self.visitor = visitor

    def __call__(self, address: str, variables: Mapping[str, str], patience_ms: int) -> Reply:
        """See Decider. A call that names no dynamic step of the release is let go without a decision."""
        call = _call(variables)
        step = self._table(f"{call.release}/schemes/{call.scheme}.json").get("steps", {}).get(call.step)
        if not isinstance(step, Mapping):
            return Closed(0, f"{call.scheme} has no dynamic step {call.step}")
        if step.get("kind") == "visitor":
            verdict, took_ms = decide_visitor(step, self.visitor), 1
        elif step.get("kind") in KINDS:
            verdict, took_ms = self.remembered.decide(step, self._directory(call.release), call), 1
        elif step.get("kind") == "crm":
            verdict, took_ms = self.crm(step, self._responsible(call.release, step), call)
        elif step.get("kind") != "webhook":
            verdict, took_ms = failed(f"a {step.get('kind')} step is not decided offline"), INSTANT_MS
        else:
            answer, took_ms = self.handler(step, call)
            verdict = decide(step, self._directory(call.release), call, answer)
        known = self._directory(call.release).waves
        chosen = encode(call.step, verdict.decision, known) | dict(verdict.variables)
        commands = tuple(("set", f"{name}={value}") for name, value in chosen.items())
        return Answer(commands, took_ms, _words(verdict, chosen["routing_decision"]))

    def _directory(self, release: str) -> Directory:
        known = _directory_of(self.files.read(f"{release}/table.json") or "{}")
        return replace(known, schemes=_Schemes(self, release))

    def _responsible(self, release: str, step: Mapping[str, Any]) -> Responsible:
        return Responsible.of(self._table(f"{release}/table.json"), str(step["crm"]["system"]))

    def _table(self, path: str) -> Mapping[str, Any]:
        text = self.files.read(path)
        return _parsed(text) if text else {}


class _Schemes:
    """The schemes of a release, looked up one by one as they are named."""

    def __init__(self, whole: InProcess, release: str) -> None:
        self._whole = whole
        self._release = release

    def get(self, key: str, /) -> bool | None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", key):
            return None
        table = self._whole._table(f"{self._release}/schemes/{key}.json")
        return bool(table.get("answers_first")) if table else None


@lru_cache(maxsize=16)
def _directory_of(text: str) -> Directory:
    """Everybody of a ``table.json``, read once for many calls; its schemes are the caller's to add."""
    return Directory.of(_parsed(text), {})


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Mapping[str, Any]:
    value = json.loads(text)
    return value if isinstance(value, dict) else {}


def _call(variables: Mapping[str, str]) -> Call:
    caller = variables.get("routing_caller", "")
    visitor = visitor_of(variables)
    return Call(
        uuid=variables.get("uuid", ""),
        release=variables.get("routing_release", ""),
        scheme=variables.get("routing_scheme", ""),
        step=variables.get("routing_step", ""),
        number=variables.get("routing_number", ""),
        caller=caller if E164.fullmatch(caller) else "anonymous",
        caller_pays=variables.get("routing_caller_pays", "true") == "true",
        person=variables.get("routing_person", ""),
        started=int(variables.get("created_us", "0")) / 1_000_000,
        entities=visitor.entities,
        source=visitor.source,
    )


def _words(verdict: Verdict, decision: str) -> str:
    said = decision.partition(":")[2]
    return f"{said} ({verdict.reason})" if verdict.reason else said
