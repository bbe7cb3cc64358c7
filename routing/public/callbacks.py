"""Orders to call clients back over HTTP: for programs with the project's key, and for pages of its sites with a proof
of work. Served by ``routing track``, beside the site script.

``POST /v1/callbacks``  order a call; an open order of the number is renewed
``GET /v1/callbacks/challenge``  what a page's proof of work is about
``GET /v1/callbacks/times``  when the company is open, and times to offer
``GET``, ``DELETE /v1/callbacks/ID?token=...``  how it stands, and cancel it
``GET /v1/openapi.json``  all of this for programs

An error is ``{"error": code, "message": ...}``. Nobody is called whom `destinations` do not allow. A stranger learns
nothing: an unknown order and a wrong token get the same answer. Numbers are not logged.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar

from flask import Flask, Response, jsonify, request

from routing.callbacks import times
from routing.callbacks.proof import Challenges, ProofRefused, Proved
from routing.callbacks.store import new_id
from routing.callbacks.wish import LARGEST_BODY, CallbackWish, WishRefused, read_wish, scheme_of
from routing.model.callback import CallbackOrder, CallbackSource, CallsUnwanted
from routing.model.callback_plan import CallbackPlan, NeverAllowed, NotCallable
from routing.public.callback_desk import CallbackDesk, DeskDown
from routing.public.callback_openapi import document
from routing.web.limits import HourlyLimits, Limiter, network
from routing.web.skeleton import RequestRefused, address, holds_key, origin

#: Paths that pages ask with more than a simple request.
PATHS = ("/v1/callbacks", "/v1/callbacks/<order_id>")
#: A program with the key may order so many times what pages may.
PROGRAM_FACTOR = 10
DAY_SECONDS = 86400.0
_NOT_CALLED = "this number is not called back"
_ID = re.compile(r"[0-9a-f]{32}")

Answer = TypeVar("Answer")
#: Called for every answer with what was asked (`order`, `challenge`, ...) and its outcome.
Count = Callable[[str, str], None]


@dataclass
class CallbackApi:
    """What the routes need. ``plan``: the live one or None; ``keys``: the values of a secret by its name;
    ``limiter``: of requests; ``limits``: of orders; ``now``: seconds since the epoch."""

    plan: Callable[[], CallbackPlan | None]
    desk: CallbackDesk
    limiter: Limiter
    limits: HourlyLimits
    keys: Callable[[str], Sequence[str]]
    now: Callable[[], float]
    count: Count = field(default=lambda what, outcome: None)

    def live(self, what: str) -> CallbackPlan:
        """The plan of a project that takes orders over HTTP, after the check of the rate. Raises RequestRefused."""
        if wait_s := self.limiter.wait_s(address()):
            self.refuse(what, 429, "too_often", "too many requests", wait_s)
        plan = self.plan()
        if plan is None or not (plan.key or plan.origins):
            self.refuse(what, 503, "down", "this project takes no orders over HTTP")
        return plan

    def refuse(self, what: str, status: int, code: str, reason: str, again_s: float = 0.0) -> NoReturn:
        """Count and raise RequestRefused."""
        self.count(what, code)
        raise RequestRefused(status, reason, again_s, code)

    def is_program(self, plan: CallbackPlan) -> bool:
        """Whether the request comes from a program with the key."""
        return bool(plan.key) and holds_key(self.keys(plan.key))

    def order(self, plan: CallbackPlan, body: bytes) -> tuple[CallbackOrder, float]:
        """The order of a request, in the database, and when its first attempt is. Raises RequestRefused, DeskDown."""
        is_program = self.is_program(plan)
        if not is_program and origin() not in plan.origins:
            key = "the key is wrong" if request.headers.get("Authorization") else "there is no key"
            self.refuse("order", 403, "forbidden", f"this origin is not allowed, and {key}")
        try:
            wish = read_wish(body, plan, self.now())
        except WishRefused as problem:
            self.refuse("order", 400, problem.code, str(problem))
        order, at_s = self._drafted(plan, wish, CallbackSource.API if is_program else CallbackSource.WIDGET)
        proved = None if is_program else self._proved(plan, wish)
        self._within_limits(plan, wish, is_program)
        if proved and not self.desk.use_proof(plan.project, proved, self.now()):
            self.refuse("order", 403, "proof", "the proof has been used")
        try:
            return (self.desk.order(order) if is_program else self.desk.request(order)), at_s
        except CallsUnwanted:  # a stranger does not learn that it is the client's own wish
            self.refuse("order", 403, "destination", _NOT_CALLED)

    def _drafted(self, plan: CallbackPlan, wish: CallbackWish, source: CallbackSource) -> tuple[CallbackOrder, float]:
        try:
            order = plan.order(
                new_id(), wish.number, wish.scheme, source, self.now(), wish.not_before_s, entities=wish.entities,
                source_facts=wish.source_facts, consent=wish.consent, visitor=_hashed(wish.visitor),
            )  # fmt: skip
        except NeverAllowed as problem:
            self.refuse("order", 400, "at", str(problem))
        except NotCallable:
            self.refuse("order", 403, "destination", _NOT_CALLED)
        return order, order.expires_s - plan.keep_s

    def _proved(self, plan: CallbackPlan, wish: CallbackWish) -> Proved:
        try:
            return self.challenges(plan).check(wish.proof)
        except ProofRefused as problem:
            self.refuse("order", 403, "proof", str(problem))

    def challenges(self, plan: CallbackPlan) -> Challenges:
        """The project's. Raises DeskDown."""
        return Challenges(self.desk.key(plan.project), self.now)

    def _within_limits(self, plan: CallbackPlan, wish: CallbackWish, is_program: bool) -> None:
        limits = dict(plan.limits)
        most = {f"number {wish.number}": limits["number"], "project": limits["project"]}
        if is_program:
            most["project"] *= PROGRAM_FACTOR
        else:
            most[f"ip {network(address())}"] = limits["ip"]
            if wish.visitor:
                most[f"visitor {wish.visitor}"] = limits["visitor"]
        if wait_s := self.limits.wait_s(most):
            self.refuse("order", 429, "too_often", "too many orders", wait_s)
        if self.desk.talked_since(plan.project, self.now() - DAY_SECONDS) >= plan.minutes_a_day * 60:
            self.refuse("order", 429, "too_often", "today's minutes of callbacks are used up", 3600)


def add_routes(app: Flask, api: CallbackApi) -> None:
    """The routes of orders on an application."""
    _about_an_order(app, api)

    @app.post("/v1/callbacks", provide_automatic_options=False)
    def order() -> Response:
        plan = api.live("order")
        made, at_s = _tried(api, "order", lambda: api.order(plan, request.stream.read(LARGEST_BODY + 1)))
        token = _tried(api, "order", lambda: api.desk.token(plan.project, made.id))
        api.count("order", "ordered")
        url = f"/v1/callbacks/{made.id}?token={token}"
        answer = jsonify({"id": made.id, "status": made.status.value, "at": _moment(at_s), "url": url})
        answer.status_code = 202
        return answer

    @app.get("/v1/callbacks/challenge")
    def challenge() -> Response:
        plan = api.live("challenge")
        return jsonify(_tried(api, "challenge", lambda: api.challenges(plan).new()))

    @app.get("/v1/callbacks/times")
    def offered() -> Response:
        plan = api.live("times")
        try:
            scheme = scheme_of(request.args.get("scheme"), plan)
        except WishRefused as problem:
            api.refuse("times", 400, problem.code, str(problem))
        return jsonify(times.times(plan, scheme, api.now()))

    @app.get("/v1/openapi.json")
    def openapi() -> Response:
        return jsonify(document())


def _about_an_order(app: Flask, api: CallbackApi) -> None:
    """The routes of an order that is there."""

    @app.get("/v1/callbacks/<order_id>", provide_automatic_options=False)
    def status(order_id: str) -> Response:
        plan = api.live("status")
        found = _known(api, plan, "status", order_id)
        return jsonify(_facts(plan, found))

    @app.delete("/v1/callbacks/<order_id>", provide_automatic_options=False)
    def cancel(order_id: str) -> Response:
        plan = api.live("cancel")
        found = _known(api, plan, "cancel", order_id)
        is_program = api.is_program(plan)
        after = _tried(api, "cancel", lambda: api.desk.cancel(found.id, api.now(), is_program)) or found
        api.count("cancel", after.status.value)
        return jsonify(_facts(plan, after))


def _known(api: CallbackApi, plan: CallbackPlan, what: str, order_id: str) -> CallbackOrder:
    """The order whose token the request has; for programs with the key any of the project's. Raises RequestRefused."""
    token = request.args.get("token", "")
    is_program = api.is_program(plan)
    is_allowed = is_program or _tried(api, what, lambda: api.desk.is_token(plan.project, order_id, token))
    found = None
    if is_allowed and _ID.fullmatch(order_id):
        found = _tried(api, what, lambda: api.desk.find(order_id, api.now(), is_program))
    if found is None or found.project != plan.project:
        api.refuse(what, 404, "unknown", "there is no such order, or the token is wrong")
    return found


def _tried(api: CallbackApi, what: str, act: Callable[[], Answer]) -> Answer:
    """What the desk says. Raises RequestRefused when its database is away."""
    try:
        return act()
    except DeskDown:
        api.refuse(what, 503, "down", "orders cannot be taken now", 60)


def _facts(plan: CallbackPlan, order: CallbackOrder) -> dict[str, Any]:
    at_s = plan.next_allowed(order.not_before_s, order.number, order.scheme) if order.is_open else None
    return {"id": order.id, "status": order.status.value, "at": _moment(at_s) if at_s else None}


def _hashed(visitor: str) -> str:
    """A visitor as orders keep them: enough to know that they order again."""
    return hashlib.sha256(f"visitor {visitor}".encode()).hexdigest() if visitor else ""


def _moment(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="seconds")
