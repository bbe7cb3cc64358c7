"""The HTTP API of tracking, for pages (by their origin) and servers (by their key).

``POST /v1/session``  a visit begins or goes on: the number to show, and for how many seconds
``POST /v1/view``     the visitor views another page: entities of that page
``GET /v1/site.js``   the script that pages load

Whatever happens to the store, a page gets a number that rings. Nobody learns of another visitor: an answer holds the
asker's own number and nothing else. Nothing of a visitor is logged.
"""

from __future__ import annotations

import functools
import gzip
import hmac
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from routing.model.entities import Visitor
from routing.model.sites import read_by
from routing.model.visitors import Leases, LeasesDown
from routing.track.asked import LARGEST_BODY, Asked, Unusable, read
from routing.track.limits import Holders, Limiter
from routing.track.plan import Lender, Plan
from routing.track.script import script

#: A page that was shown the overflow number asks again after this time.
OVERFLOW_SECONDS = 60
#: Browsers ask again for the script after this time.
SCRIPT_SECONDS = 300

#: Told of every answer: the request (`session`, `view`) and how it ended.
Count = Callable[[str, str], None]


@dataclass
class Api:
    """What the routes need. ``plan``: the live one, None when there is none; ``keys``: the values of a secret's name;
    ``now``: seconds since the epoch."""

    plan: Callable[[], Plan | None]
    leases: Leases
    limiter: Limiter
    keys: Callable[[str], Sequence[str]]
    now: Callable[[], float]
    count: Count = field(default=lambda what, outcome: None)
    #: Told of faults of ours.
    fault: Callable[[Exception], None] = field(default=lambda problem: None)
    #: Who holds how many numbers; by the API's own clock where nothing else is said.
    holders: Holders | None = None

    def session(self, plan: Plan, asked: Asked, address: str = "") -> Mapping[str, Any]:
        """A number for a visit; the overflow number when all are lent, the store is away or the address holds enough;
        none where no pool fits. ``address``: whose it is, "" for a server with the key."""
        visitor, page = plan.kept(asked.told)
        lender = plan.lender_for(Visitor({**visitor.entities, **page}, visitor.source), asked.page)
        if lender is None:
            self.count("session", "no_pool")
            return {"number": None}
        try:
            number, outcome = self._lend(lender, asked.visitor_id, visitor, page, address)
        except LeasesDown:
            number, outcome = None, "store_down"
        self.count("session", outcome)
        return _number(plan, lender, number)

    def _lend(
        self, lender: Lender, visitor_id: str, visitor: Visitor, page: Mapping[str, str], address: str
    ) -> tuple[str | None, str]:
        lending = lender.lending
        holders = self.holders = self.holders or Holders(self.now)
        if address and not holders.may(address, lending.pool, len(lending.numbers), visitor_id):
            # whoever has a number keeps it, though we may have forgotten that he is here
            number = self.leases.tell(lending, visitor_id, page, self.now())
            return number, "lent" if number else "address_full"
        number = self.leases.lend(lending, visitor_id, visitor, page, self.now())
        if number and address:
            holders.lent(address, lending.pool, visitor_id, lending.lease_s)
        return number, "lent" if number else "overflow"

    def view(self, plan: Plan, asked: Asked, address: str = "") -> Mapping[str, Any]:
        """Keeps what a page tells; ``number`` is null when the visitor has none (any more) and should ask for one."""
        lender = plan.lender(asked.pool)
        if lender is None:
            raise Unusable("pool is not one of this project's")
        _, page = plan.kept(asked.told)
        try:
            number = self.leases.tell(lender.lending, asked.visitor_id, page, self.now())
            outcome = "told" if number else "no_lease"
        except LeasesDown:
            number, outcome = None, "store_down"
        self.count("view", outcome)
        return _number(plan, lender, number) if number else {"number": None}

    def may(self, plan: Plan, origin: str, authorization: str) -> bool:
        """Whether a page of this origin, or a server with this header, may ask."""
        return origin in plan.origins or self.is_server(plan, authorization)

    def is_server(self, plan: Plan, authorization: str) -> bool:
        """Whether a server with the key asks."""
        given = authorization.removeprefix("Bearer ").encode()
        # every key is compared: the time tells nothing of which was nearest
        right = [hmac.compare_digest(given, key.encode()) for key in self.keys(plan.key) if key] if plan.key else []
        return any(right)


def _number(plan: Plan, lender: Lender, number: str | None) -> Mapping[str, Any]:
    lease_s = lender.lending.lease_s if number else OVERFLOW_SECONDS
    number = number or lender.overflow
    shown = plan.shown.get(number, number)
    return {"number": number, "shown": shown, "lease": lease_s, "pool": lender.lending.pool}


def create(api: Api) -> Flask:
    """The application: routes over `Api`, with what holds for every request."""
    app = Flask("routing.track", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    @app.post("/v1/session", provide_automatic_options=False)
    def session() -> Response:
        return _answered(api, "session", api.session)

    @app.post("/v1/view", provide_automatic_options=False)
    def view() -> Response:
        return _answered(api, "view", api.view)

    @app.get("/v1/site.js")
    def site_script() -> Response:
        plan = api.plan()
        return _said(503, "nothing is published") if plan is None else _script(plan)

    @app.route("/v1/session", methods=["OPTIONS"], provide_automatic_options=False)
    @app.route("/v1/view", methods=["OPTIONS"], provide_automatic_options=False)
    def preflight() -> Response:
        return Response(status=204)

    @app.errorhandler(Exception)
    def failed(problem: Exception) -> Response:
        if isinstance(problem, HTTPException) and problem.code:
            return _said(problem.code, problem.name.lower())
        api.fault(problem)
        return _said(500, "a fault of ours")

    app.after_request(lambda response: _headers(response, api.plan()))
    return app


def _answered(api: Api, what: str, act: Callable[[Plan, Asked, str], Mapping[str, Any]]) -> Response:
    """The answer to a request, once it is known that the asker may ask."""
    plan = api.plan()
    if plan is None:
        return _said(503, "nothing is published")
    if wait_s := api.limiter.wait_s(request.remote_addr or ""):
        api.count(what, "too_often")
        refused = _said(429, "too often")
        refused.headers["Retry-After"] = str(math.ceil(wait_s))
        return refused
    proof = request.headers.get("Authorization", "")
    if not api.may(plan, request.headers.get("Origin", ""), proof):
        api.count(what, "forbidden")
        return _said(403, "this origin is not allowed, and there is no key")
    try:
        address = "" if api.is_server(plan, proof) else request.remote_addr or "?"
        return jsonify(act(plan, read(request.stream.read(LARGEST_BODY + 1)), address))
    except Unusable as problem:
        api.count(what, "unusable")
        return _said(400, str(problem))


def _said(status: int, words: str) -> Response:
    response = jsonify({"error": words})
    response.status_code = status
    return response


def _script(plan: Plan) -> Response:
    text = script(plan.entities, plan.moves).encode()
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(_packed(text) if packed else text, mimetype="text/javascript")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}"
    return response


@functools.lru_cache(maxsize=4)
def _packed(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)


def _headers(response: Response, plan: Plan | None) -> Response:
    """Only listed origins read answers; nothing is kept by caches but the script, nothing is guessed by browsers."""
    origin = request.headers.get("Origin", "")
    response.headers.add("Vary", "Origin, Accept-Encoding")
    response.headers.setdefault("Cache-Control", "no-store")
    asks_first = request.method == "OPTIONS"
    response.headers.update(read_by(origin, plan.origins if plan else (), asks_first, "POST", "Content-Type"))
    return response
