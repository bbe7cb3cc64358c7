"""The HTTP API of tracking, for pages (by their origin) and servers (by their key).

``POST /v1/session``  a visit begins or continues: the number to show, and for how many seconds
``POST /v1/view``     the visitor views another page: entities of that page
``GET /v1/site.js``   the script that pages load
``GET /v1/callback.js``  the callback form, which that script loads when a page asks for it

A page gets a number that rings even while the store is down. An answer holds only the visitor's own number, nothing of
other visitors. Nothing of a visitor is logged.
"""

from __future__ import annotations

import functools
import gzip
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request

from routing.model.entities import Visitor
from routing.model.visitors import Leases, LeasesDown
from routing.track.holders import Holders
from routing.track.plan import Lender, TrackingPlan
from routing.track.request import LARGEST_BODY, InvalidRequest, TrackingRequest, read
from routing.track.script import form, form_version, script
from routing.web.limits import Limiter
from routing.web.skeleton import Pages, RequestRefused, address, application, holds_key, origin

#: A page that shows the overflow number requests one again after this time.
OVERFLOW_SECONDS = 60
#: Browsers load the script again after this time.
SCRIPT_SECONDS = 300
#: They load the callback form again when its version, which is in its address, changes.
FORM_SECONDS = 365 * 24 * 3600

#: Called for every answer with the request (`session`, `view`) and its outcome.
Count = Callable[[str, str], None]


@dataclass
class TrackingApi:
    """What the routes need. ``plan``: the live one or None; ``keys``: the values of a secret by its name; ``now``:
    seconds since the epoch."""

    plan: Callable[[], TrackingPlan | None]
    leases: Leases
    limiter: Limiter
    keys: Callable[[str], Sequence[str]]
    now: Callable[[], float]
    count: Count = field(default=lambda what, outcome: None)
    #: Called with every unexpected exception.
    fault: Callable[[Exception], None] = field(default=lambda problem: None)
    #: How many numbers each address holds; by default on the API's own clock.
    holders: Holders | None = None

    def session(self, plan: TrackingPlan, visit: TrackingRequest, address: str = "") -> Mapping[str, Any]:
        """A number for a visit; the overflow number when all are lent, the store is down or the address holds too many;
        none when no pool fits. ``address``: the visitor's, "" for a server with the key."""
        visitor, page = plan.kept(visit.content)
        lender = plan.lender_for(Visitor({**visitor.entities, **page}, visitor.source), visit.page)
        if lender is None:
            self.count("session", "no_pool")
            return {"number": None}
        try:
            number, outcome = self._lend(lender, visit.visitor_id, visitor, page, address)
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
            # a visitor with a number keeps it: this process may have forgotten that they hold one
            number = self.leases.tell(lending, visitor_id, page, self.now())
            return number, "lent" if number else "address_full"
        number = self.leases.lend(lending, visitor_id, visitor, page, self.now())
        if number and address:
            holders.lent(address, lending.pool, visitor_id, lending.lease_s)
        return number, "lent" if number else "overflow"

    def view(self, plan: TrackingPlan, visit: TrackingRequest, address: str = "") -> Mapping[str, Any]:
        """Stores a page's facts; ``number`` is null when the visitor has none any more and must request one."""
        lender = plan.lender(visit.pool)
        if lender is None:
            raise InvalidRequest("pool is not one of this project's")
        _, page = plan.kept(visit.content)
        try:
            number = self.leases.tell(lender.lending, visit.visitor_id, page, self.now())
            outcome = "told" if number else "no_lease"
        except LeasesDown:
            number, outcome = None, "store_down"
        self.count("view", outcome)
        return _number(plan, lender, number) if number else {"number": None}

    def is_server(self, plan: TrackingPlan) -> bool:
        """Whether the request comes from a server with the key."""
        return bool(plan.key) and holds_key(self.keys(plan.key))


def _number(plan: TrackingPlan, lender: Lender, number: str | None) -> Mapping[str, Any]:
    lease_s = lender.lending.lease_s if number else OVERFLOW_SECONDS
    number = number or lender.overflow
    shown = plan.shown.get(number, number)
    return {"number": number, "shown": shown, "lease": lease_s, "pool": lender.lending.pool}


def create(
    api: TrackingApi, more_origins: Callable[[], Collection[str]] = tuple, more_paths: Sequence[str] = ()
) -> Flask:
    """The application: routes over `TrackingApi`, with the common checks of every request. ``more_origins``: sites that
    may read other answers of the application; ``more_paths``: those that its pages ask."""

    def origins() -> Collection[str]:
        plan = api.plan()
        return {*(plan.origins if plan else ()), *more_origins()}

    pages = Pages(origins, "GET, POST, DELETE" if more_paths else "POST", "Content-Type")
    app = application("routing.track", pages, ("/v1/session", "/v1/view", *more_paths), api.fault)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    @app.post("/v1/session", provide_automatic_options=False)
    def session() -> Response:
        return _answered(api, "session", api.session)

    @app.post("/v1/view", provide_automatic_options=False)
    def view() -> Response:
        return _answered(api, "view", api.view)

    @app.get("/v1/site.js")
    def site_script() -> Response:
        plan = _live(api)
        return _script(
            script(plan.entities, plan.moves, plan.callbacks, bool(plan.lenders), plan.streams), SCRIPT_SECONDS
        )

    @app.get("/v1/callback.js")
    def callback_form() -> Response:
        is_this = request.args.get("v") == form_version()
        return _script(form(request.args.get("lang", "")), FORM_SECONDS if is_this else SCRIPT_SECONDS)

    return app


def _live(api: TrackingApi) -> TrackingPlan:
    if (plan := api.plan()) is None:
        raise RequestRefused(503, "nothing is published")
    return plan


def _answered(
    api: TrackingApi, what: str, act: Callable[[TrackingPlan, TrackingRequest, str], Mapping[str, Any]]
) -> Response:
    """The answer to a request, after the checks of rate, origin and key. Raises RequestRefused."""
    plan = _live(api)
    if wait_s := api.limiter.wait_s(address()):
        api.count(what, "too_often")
        raise RequestRefused(429, "too often", wait_s)
    is_server = api.is_server(plan)
    if not is_server and origin() not in plan.origins:
        api.count(what, "forbidden")
        key = "the key is wrong" if request.headers.get("Authorization") else "there is no key"
        raise RequestRefused(403, f"this origin is not allowed, and {key}")
    try:
        return jsonify(act(plan, read(request.stream.read(LARGEST_BODY + 1)), "" if is_server else address() or "?"))
    except InvalidRequest as problem:
        api.count(what, "unusable")
        raise RequestRefused(400, str(problem)) from None


def _script(source: str, keep_s: int) -> Response:
    text = source.encode()
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(_packed(text) if packed else text, mimetype="text/javascript")
    response.headers.add("Vary", "Accept-Encoding")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = f"public, max-age={keep_s}"
    return response


@functools.lru_cache(maxsize=16)
def _packed(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)
