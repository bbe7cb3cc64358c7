"""Decides calls: loads the step that a call names, asks its handler, turns the answer into channel variables.

Every road ends in variables for FreeSWITCH within the step's time plus half a second; whatever goes wrong
becomes "go on with the scheme", one log line and one count.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import gevent

from routing.app.log import Lines
from routing.app.metrics import DECISION_SECONDS, DECISIONS
from routing.app.releases import ReleaseFault, Releases
from routing.app.secrets import signing_secrets
from routing.decide.pop import pop_of
from routing.decide.request import build_request
from routing.decide.verdict import Answer, Failure, Verdict, failed
from routing.decide.webhook import decide
from routing.http.breaker import FAILURES_TO_OPEN, Breaker
from routing.model.decision import Call, Continue, encode
from routing.model.pop import Pop
from routing.model.ringing import Wave
from routing.model.web import NoReply, Reply

#: The whole decision may take this much longer than the step's own time.
GRACE_SECONDS = 0.4
LONGEST_STEP_SECONDS = 30.0
DEFAULT_STEP_SECONDS = 2.0

LONGEST_WORDS = 120
#: Left out of words that FreeSWITCH carries: what it could act on.
_UNTOLD = re.compile(r"[^\w .,:/()-]")

#: Decides steps of a kind other than webhook: the step's table and the call's facts -> the verdict.
Decides = Callable[[Mapping[str, Any], Call], Verdict]


class Exchange(Protocol):
    """Sends an HTTP request within a deadline, or raises NoReply (routing.http.client.Client)."""

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply: ...


@dataclass
class Engine:
    """``decide`` serves any number of greenlets. ``clock``: monotonic seconds; ``now``: seconds since the
    epoch."""

    releases: Releases
    client: Exchange
    breaker: Breaker
    lines: Lines
    secrets: Mapping[str, str]
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    new_id: Callable[[], str] = field(default=lambda: f"msg_{uuid4().hex}")
    kinds: Mapping[str, Decides] = field(default_factory=dict)
    #: Told, by project, of every person who is about to ring; it must not wait.
    popped: Callable[[str, Pop], None] = lambda project, pop: None

    def decide(self, call: Call) -> Mapping[str, str]:
        """Channel variables that carry the decision for a call. Raises nothing but GreenletExit."""
        began_s = self.clock()
        step: Mapping[str, Any] = {}
        try:
            step = self.releases.step(call.release, call.scheme, call.step)
            verdict = self._within_budget(step, call)
            known = partial(self._waves, call.release)
            variables = encode(call.step, verdict.decision, known) | dict(verdict.variables)
        except ReleaseFault as problem:
            verdict, variables = self._go_on(call, str(problem))
        except gevent.GreenletExit:
            self._note(call, step, "gone", "", "the caller hung up", began_s)
            raise
        except Exception as problem:
            self.lines.write("error", "fault", call=call.uuid, problem=repr(problem)[:500])
            verdict, variables = self._go_on(call, f"a fault of the engine: {type(problem).__name__}")
        self._note(call, step, verdict.outcome, variables["routing_decision"], verdict.reason, began_s)
        if verdict.outcome == "decided":
            self._pop(str(step.get("kind")), call, verdict)
        return variables | self._for_the_journal(verdict, began_s)

    def _waves(self, release: str, person: str) -> tuple[Wave, ...]:
        return self.releases.directory(release).waves(person)

    def _for_the_journal(self, verdict: Verdict, began_s: float) -> dict[str, str]:
        """What the call's own record says of the decision: its outcome and why, and how long it took."""
        words = _UNTOLD.sub(" ", f"{verdict.outcome} {verdict.reason}".strip())[:LONGEST_WORDS]
        return {"routing_verdict": words, "routing_took_ms": str(round((self.clock() - began_s) * 1000))}

    def _go_on(self, call: Call, reason: str) -> tuple[Verdict, dict[str, str]]:
        return failed(reason), encode(call.step, Continue())

    def _within_budget(self, step: Mapping[str, Any], call: Call) -> Verdict:
        limit_s = step_seconds(step) + GRACE_SECONDS
        timer = gevent.Timeout.start_new(limit_s)
        try:
            return self._verdict(step, call)
        except gevent.Timeout as fired:
            if fired is not timer:
                raise
            return failed(f"no decision within {limit_s:g} s")
        finally:
            timer.close()

    def _verdict(self, step: Mapping[str, Any], call: Call) -> Verdict:
        kind = str(step.get("kind"))
        if decides := self.kinds.get(kind):
            return decides(step, call)
        if kind != "webhook":
            return failed(f"this engine knows no step kind {kind!a}")
        return decide(step, self.releases.directory(call.release), call, self._ask(step, call))

    def _ask(self, step: Mapping[str, Any], call: Call) -> Answer | Failure:
        name = step.get("secret") or ""
        secrets = signing_secrets(self.secrets, name)
        if secrets is None:
            return Failure(f"secret {name} is not set")
        request = build_request(step, call, self.new_id(), int(self.now()), secrets)
        handler = request.url.partition("?")[0]
        if not self.breaker.allows(handler):
            return Failure(f"left alone after {FAILURES_TO_OPEN} failures in a row")
        try:
            reply = self.client.exchange(request.method, request.url, request.headers, request.body, step_seconds(step))
        except NoReply as problem:
            self.breaker.failed(handler)
            return Failure(str(problem))
        (self.breaker.failed if reply.status >= 500 else self.breaker.succeeded)(handler)
        return Answer(reply.status, reply.headers.get("content-type", ""), reply.body)

    def _pop(self, kind: str, call: Call, verdict: Verdict) -> None:
        """A screen that cannot be told costs no decision."""
        try:
            directory = self.releases.directory(call.release)
            if directory.pops and (pop := pop_of(kind, call, verdict, directory)):
                self.popped(directory.pops, pop)
        except Exception as problem:
            self.lines.write("error", "fault", call=call.uuid, problem=repr(problem)[:500])

    def _note(
        self, call: Call, step: Mapping[str, Any], outcome: str, decision: str, reason: str, began_s: float
    ) -> None:
        took_s = self.clock() - began_s
        kind = str(step.get("kind") or "unknown")
        DECISIONS.labels(kind, outcome).inc()
        DECISION_SECONDS.labels(kind).observe(took_s)
        self.lines.write(
            "info" if outcome in ("decided", "continued", "gone") else "warning",
            "decision",
            call=call.uuid,
            scheme=call.scheme,
            step=call.step,
            kind=kind,
            number=call.number,
            caller=call.caller,
            verdict=outcome,
            decision=decision,
            reason=reason,
            host=urlsplit(str(step.get("url") or "")).netloc.rpartition("@")[2],
            ms=round(took_s * 1000, 1),
        )


def step_seconds(step: Mapping[str, Any]) -> float:
    """How long a step's handler may take."""
    value = step.get("timeout_s")
    seconds = float(value) if isinstance(value, int | float) else DEFAULT_STEP_SECONDS
    return min(max(seconds, 0.1), LONGEST_STEP_SECONDS)
