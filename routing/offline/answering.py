"""The engine's decisions without an engine process: the production decision code over canned answers of handlers.

A release's ``schemes/<id>.json`` and ``table.json`` are read through the files port; a `Handler` stands in for the
HTTP client. No sockets, no clock.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from routing.decide.directory import Directory
from routing.decide.ports import Ports, step_seconds
from routing.decide.registry import decide
from routing.decide.responsible import Responsible
from routing.decide.verdict import HandlerFailure
from routing.decide.verdict import HandlerReply as Http
from routing.esl.exchange import CallToDecide, Exchange
from routing.esl.facts import NotACall
from routing.model.call import Call
from routing.model.decision import answer as encoded
from routing.model.entities import Visitor
from routing.model.local_guesses import LocalGuesses
from routing.model.queue import KIND
from routing.offline.crm_answers import Crm, answers
from routing.offline.decider import EngineAnswer, EngineClosed, Reply
from routing.offline.duties import OfflineDuties
from routing.offline.event_socket import FreeSwitchSide
from routing.offline.files import Files
from routing.offline.listening import ScriptedRecogniser
from routing.offline.ordering import Orders
from routing.offline.past import Past
from routing.offline.queues import OfflineQueues
from routing.offline.remembered import Remembered
from routing.offline.reported import call_of_variables
from routing.offline.running import RunningCall
from routing.offline.spent import LOCAL_MS, Handler, Spent

INSTANT_MS = 20
GARBAGE = b"\x00\xff<html>not an answer"


def canned(text: str) -> Handler:
    """A handler that always gives the same answer: a body, ``timeout``, ``refused``, ``garbage`` or a status code.

    With an empty text no request is made.
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
        return Http(200, "application/json", GARBAGE if text == "garbage" else text.encode()), INSTANT_MS

    return answer


def by_url(handlers: Mapping[str, Handler], otherwise: Handler) -> Handler:
    """The handler of the step's URL; ``otherwise`` for URLs that have none."""

    def answer(step: Mapping[str, Any], call: Call) -> tuple[Http | HandlerFailure, int]:
        return handlers.get(str(step.get("url")), otherwise)(step, call)

    return answer


class InProcess:
    """A decider for `switch.run`: the engine's decisions over canned answers.

    ``visitor``: the visitor to whom every number of a pool is lent; ``is_mute``: no voice speaks.
    """

    def __init__(
        self,
        files: Files,
        handler: Handler,
        visitor: Visitor | None = None,
        past: Past | None = None,
        crm: Crm | None = None,
        queues: OfflineQueues | None = None,
        is_mute: bool = False,
    ) -> None:
        self.files = files
        self.handler = handler
        self.past = past or Remembered()
        self.crm = crm or answers("nobody")
        self.visitor = visitor
        self.queues = queues
        self.is_mute = is_mute
        self.guesses = LocalGuesses(lambda: 0.0)  # the calls of a test are one moment
        self.duties = queues.duties if queues else OfflineDuties.of(self.past.states)

    def __call__(self, address: str, variables: Mapping[str, str], timeout_ms: int) -> Reply:
        """See Decider: the production exchange, in memory. A call with an unknown step gets no decision."""
        exchange, switch = Exchange(), FreeSwitchSide(variables)
        try:
            request = exchange.receive_data(switch.hear(exchange.begin()))
        except NotACall as problem:
            return EngineClosed(0, str(problem))
        assert isinstance(request, CallToDecide)
        call = request.call
        step = self._step(call)
        if not isinstance(step, Mapping):
            return EngineClosed(0, f"{call.scheme} has no dynamic step {call.step}")
        spent = Spent(variables=variables)
        verdict = decide(step, call, self._ports(call, spent))
        chosen = encoded(call, verdict.decision, self._directory(call.release).waves) | dict(verdict.variables)
        switch.hear(exchange.deliver(chosen))
        reason = "; ".join(filter(None, (verdict.reason, *spent.notes)))
        return EngineAnswer(
            tuple(switch.executed), spent.ms, _note(reason, chosen["routing_decision"]), speech=spent.speech
        )

    def hears(self, call: RunningCall) -> bool:
        """See QueueEngine."""
        try:
            waiting = call_of_variables(dict(call.readable()))
        except NotACall:
            return False
        step = self._step(waiting)
        if not isinstance(step, Mapping) or step.get("kind") != KIND:
            return False
        if self.queues is None:
            past = self.past
            self.queues = OfflineQueues(past.memory(waiting), past.presence(waiting), past.chance, self.duties)
        self.queues.heard(call, waiting, step)
        return True

    def looks(self, call: RunningCall) -> None:
        """See QueueEngine."""
        if self.queues:
            self.queues.look(call)

    def due_ms(self, call: RunningCall) -> int | None:
        """See QueueEngine."""
        return self.queues.due_ms(call) if self.queues else None

    def _step(self, call: Call) -> Any:
        return self._table(f"{call.release}/schemes/{call.scheme}.json").get("steps", {}).get(call.step)

    def _ports(self, call: Call, spent: Spent) -> Ports:
        return Ports(
            directory=self._directory,
            responsible=self._responsible,
            webhook=spent.over(self.handler),
            crm=spent.crm(self.crm),
            holder=lambda *_: self.visitor,
            memory=self.past.memory(call),
            duties=self.duties,
            presence=lambda _: self.past.presence(call),
            callbacks=Orders(self._table),
            guesses=self.guesses,
            ratings=self.past.ratings(call),
            voice=spent.voice(self.is_mute),
            recognisers=ScriptedRecogniser(spent.variables),
            now=lambda: self.past.now(call) + (spent.ms - LOCAL_MS) / 1000,
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
    """The schemes of a release, each read when it is first named."""

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
    """The people of a ``table.json``, read once for many calls; the caller of this function adds its schemes."""
    return Directory.of(_parsed(text), {})


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Mapping[str, Any]:
    value = json.loads(text)
    return value if isinstance(value, dict) else {}


def _note(reason: str, decision: str) -> str:
    choice = decision.partition(":")[2]
    return f"{choice} ({reason})" if reason else choice
