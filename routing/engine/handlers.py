"""Sends signed requests to the HTTP handlers of webhook steps, and none while a handler's breaker is open."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

from routing.decide.ports import Step, step_seconds
from routing.decide.request import build_request
from routing.decide.verdict import HandlerFailure, HandlerReply
from routing.http.breaker import FAILURES_TO_OPEN, Breaker
from routing.model.call import Call
from routing.model.header_secrets import filled
from routing.model.web import NoReply, Reply
from routing.process.secrets import signing_secrets


class RequestSender(Protocol):
    """Sends an HTTP request within a deadline, or raises NoReply (routing.http.client.HttpClient)."""

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply: ...


@dataclass
class Handlers:
    """The port ``webhook`` of decisions. ``now``: seconds since the epoch; ``secrets`` may be replaced at any time."""

    client: RequestSender
    breaker: Breaker
    secrets: Mapping[str, str]
    now: Callable[[], float] = time.time
    new_id: Callable[[], str] = field(default=lambda: f"msg_{uuid4().hex}")

    def __call__(self, step: Step, call: Call) -> HandlerReply | HandlerFailure:
        """The handler's answer to a webhook step's request, within the step's timeout."""
        name = step.get("secret") or ""
        secrets = signing_secrets(self.secrets, name)
        if secrets is None:
            return HandlerFailure(f"secret {name} is not set")
        try:
            given = filled(step.get("headers") or {}, self.secrets.__getitem__)
        except KeyError as missing:
            return HandlerFailure(f"secret {missing.args[0]} is not set")
        request = build_request(step, call, self.new_id(), int(self.now()), secrets, given)
        handler = str(step["url"]).partition("?")[0]
        if not self.breaker.allows(handler):
            return HandlerFailure(f"breaker open after {FAILURES_TO_OPEN} failures in a row")
        try:
            reply = self.client.exchange(request.method, request.url, request.headers, request.body, step_seconds(step))
        except NoReply as problem:
            self.breaker.failed(handler)
            return HandlerFailure(str(problem))
        (self.breaker.failed if reply.status >= 500 else self.breaker.succeeded)(handler)
        return HandlerReply(reply.status, reply.headers.get("content-type", ""), reply.body)
