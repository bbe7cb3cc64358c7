"""The engine's decision without an engine: canned answers of a handler through the production decision
code.

What production reads from a release's ``schemes/<id>.json`` and ``table.json`` is read here through the
files port; what an HTTP client would bring is a `Handler`. No sockets, no clock.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol

from routing.decide.directory import Directory
from routing.decide.ports import Ports, Step, step_seconds
from routing.decide.registry import decide
from routing.decide.responsible import Responsible
from routing.decide.verdict import HandlerFailure
from routing.decide.verdict import HandlerReply as Http
from routing.esl.exchange import CallToDecide, Exchange
from routing.esl.facts import NotACall
from routing.model.decision import Call
from routing.model.decision import answer as encoded
from routing.model.entities import Visitor
from routing.model.lookup import Outcome
from routing.model.memory import Memory, Presence
from routing.offline.crm_answers import Crm, answers, sent_fields
from routing.offline.decider import EngineAnswer, EngineClosed, Reply
from routing.offline.event_socket import FreeSwitchSide
from routing.offline.files import Files
from routing.offline.remembered import Remembered

#: A step's settings and the call's facts -> what the handler answers, and after how many milliseconds.
Handler = Callable[[Mapping[str, Any], Call], tuple[Http | HandlerFailure, int]]

INSTANT_MS = 20
#: What a decision takes that asks nobody outside.
OURSELVES_MS = 1
GARBAGE = b"\x00\xff<html>not an answer"


def canned(text: str) -> Handler:
    """A handler that always answers the same: a body, ``timeout``, ``refused``, ``garbage`` or a status code.

    Without words it is not asked.
    """

    def answer(step: Mapping[str, Any], call: Call) -> tuple[Http | HandlerFailure, int]:
        if not text:
            return HandlerFailure("not asked"), 0
        if text == "timeout":
            seconds = step_seconds(step)
            return HandlerFailure(f"no answer within {seconds:g} s"), round(seconds * 1000)
        if text == "refused":
            return HandlerFailure("connection refused"), INSTANT_MS
        if re.fullmatch(r"[1-5]\d\d", text):
            return Http(int(text), "text/plain", b""), INSTANT_MS
        body = GARBAGE if text == "garbage" else text.encode()
        return Http(200, "application/json", body), INSTANT_MS

    return answer


def by_url(handlers: Mapping[str, Handler], otherwise: Handler) -> Handler:
    """The handler of the step's URL; ``otherwise`` for URLs that have none."""

    def answer(step: Mapping[str, Any], call: Call) -> tuple[Http | HandlerFailure, int]:
        return handlers.get(str(step.get("url")), otherwise)(step, call)

    return answer


class Past(Protocol):
    """What is remembered and seen at the moment when a call asks: `routing.offline.remembered.Remembered`."""

    @property
    def chance(self) -> Callable[[], float]: ...

    def memory(self, call: Call) -> Memory: ...

    def presence(self, call: Call) -> Presence: ...

    def now(self, call: Call) -> float: ...


@dataclass
class Spent:
    """What one decision took of virtual time, and what it told others that its reason does not say."""

    ms: int = OURSELVES_MS
    notes: list[str] = field(default_factory=list)

    def over(self, handler: Handler) -> Callable[[Step, Call], Http | HandlerFailure]:
        """The port ``webhook``."""

        def ask(step: Step, call: Call) -> Http | HandlerFailure:
            answer, self.ms = handler(step, call)
            return answer

        return ask

    def crm(self, crm: Crm) -> Callable[[Step, Call, Responsible], Outcome]:
        """The port ``crm``."""

        def ask(step: Step, call: Call, people: Responsible) -> Outcome:
            outcome, self.ms = crm(step, call, people)
            self.notes += sent_fields(step, call)
            return outcome

        return ask


class InProcess:
    """A decider for `switch.run`: the engine's decisions over canned answers.

    ``visitor``: whom every number of a pool is lent to.
    """

    def __init__(
        self,
        files: Files,
        handler: Handler,
        visitor: Visitor | None = None,
        past: Past | None = None,
        crm: Crm | None = None,
    ) -> None:
        self.files = files
        self.handler = handler
        self.past = past or Remembered()
        self.crm = crm or answers("nobody")
        self.visitor = visitor

    def __call__(self, address: str, variables: Mapping[str, str], timeout_ms: int) -> Reply:
        """See Decider: the exchange of production, in memory. A call that names no step of the release is let go."""
        exchange, switch = Exchange(), FreeSwitchSide(variables)
        try:
            request = exchange.hear(switch.hear(exchange.begin()))
        except NotACall as problem:
            return EngineClosed(0, str(problem))
        assert isinstance(request, CallToDecide)
        call = request.call
        step = self._table(f"{call.release}/schemes/{call.scheme}.json").get("steps", {}).get(call.step)
        if not isinstance(step, Mapping):
            return EngineClosed(0, f"{call.scheme} has no dynamic step {call.step}")
        spent = Spent()
        verdict = decide(step, call, self._ports(call, spent))
        known = self._directory(call.release).waves
        chosen = encoded(call, verdict.decision, known) | dict(verdict.variables)
        switch.hear(exchange.deliver(chosen))
        reason = "; ".join(filter(None, (verdict.reason, *spent.notes)))
        return EngineAnswer(tuple(switch.executed), spent.ms, _note(reason, chosen["routing_decision"]))

    def _ports(self, call: Call, spent: Spent) -> Ports:
        return Ports(
            directory=self._directory,
            responsible=self._responsible,
            webhook=spent.over(self.handler),
            crm=spent.crm(self.crm),
            holder=lambda *_: self.visitor,
            memory=self.past.memory(call),
            presence=lambda _: self.past.presence(call),
            now=lambda: self.past.now(call),
            chance=self.past.chance,
        )

    def _directory(self, release: str) -> Directory:
        known = _directory_of(self.files.read(f"{release}/table.json") or "{}")
        return replace(known, schemes=_Schemes(self, release))

    def _responsible(self, release: str, system: str) -> Responsible:
        return Responsible.of(self._table(f"{release}/table.json"), system)

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


def _note(reason: str, decision: str) -> str:
    choice = decision.partition(":")[2]
    return f"{choice} ({reason})" if reason else choice
