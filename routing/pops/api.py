"""The HTTP API of screen pops.

``GET /v1/pops?person=ivan``     server-sent events: one for each call that is about to ring ivan
``POST /v1/pops/token?person=ivan&for=3600``  a token for ivan's page, for so many seconds

With the project's key (``Authorization: Bearer``) a client may see everybody's pops and make tokens; a page with a
token (``?token=``) sees one person's. Nothing of a caller is logged.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from flask import Flask, Response, jsonify, request

from routing.pops.hub import Hub, PopEvent, Screen, TooMany, id_of
from routing.pops.plan import PopsPlan
from routing.pops.tokens import LONGEST_SECONDS, TokenClaims, read, signed
from routing.web.skeleton import Pages, RequestRefused, address, application, holds_key, origin

#: Interval of empty comments: proxies keep the connection, and a closed page is noticed.
BEAT_SECONDS = 15.0
#: A stream ends after this time; its token or key is checked again when the browser reconnects.
STREAM_SECONDS = 900
#: Browsers reconnect after this time.
AGAIN_MS = 2_000
TOKEN_SECONDS = 3600
STREAM = "text/event-stream"


@dataclass
class PopsApi:
    """What the routes need. ``plan``: the live one or None; ``keys``: the values of a secret by its name; ``wait_s``:
    how long an address with too many failed requests must wait; ``now``: seconds since the epoch."""

    plan: Callable[[], PopsPlan | None]
    hub: Hub
    keys: Callable[[str], Sequence[str]]
    wait_s: Callable[[str], float]
    now: Callable[[], float]
    #: Called with every answer's HTTP status; with every unexpected exception.
    count: Callable[[int], None] = field(default=lambda status: None)
    fault: Callable[[Exception], None] = field(default=lambda problem: None)

    def live(self) -> tuple[PopsPlan, Sequence[str]]:
        """The plan and its keys, when this project has screen pops. Raises RequestRefused."""
        plan = self.plan()
        keys = self.keys(plan.key) if plan and plan.key else ()
        if plan is None or not keys:
            raise RequestRefused(503, "nothing is published, or the project has no `pops` or no key for it", 60)
        return plan, keys

    def allowed(self, plan: PopsPlan, keys: Sequence[str]) -> TokenClaims:
        """Whose pops the client may see. Raises RequestRefused."""
        person = request.args.get("person", "")
        token = request.args.get("token", "")
        allowed = read(token, keys, plan.project, self.now()) if token else None
        if holds_key(keys):
            allowed = TokenClaims(person, math.ceil(self.now()) + LONGEST_SECONDS)
        if allowed is None or person not in ("", allowed.person):
            raise self._not_allowed("no key and no valid token for this person")
        if allowed.person not in plan.people:
            raise RequestRefused(404, "person is not one of this project's")
        return allowed

    def may_sign(self, keys: Sequence[str]) -> None:
        """Raises RequestRefused without the key."""
        if not holds_key(keys):
            raise self._not_allowed("tokens need the key: Authorization: Bearer ...")

    def _not_allowed(self, reason: str) -> RequestRefused:
        if wait_s := self.wait_s(address()):
            return RequestRefused(429, "too often", wait_s)
        return RequestRefused(401, reason)


def create(api: PopsApi) -> Flask:
    """The application: routes over `PopsApi`, with the common checks of every request."""

    def origins() -> Collection[str]:
        plan = api.plan()
        return plan.origins if plan else ()

    pages = Pages(origins, "GET", "Authorization, Last-Event-ID")
    app = application("routing.pops", pages, ("/v1/pops",), api.fault)

    @app.get("/v1/pops", provide_automatic_options=False)
    def pops() -> Response:
        plan, keys = api.live()
        if origin() and origin() not in plan.origins:
            raise RequestRefused(403, "this origin is not allowed")
        return _stream(api, api.allowed(plan, keys))

    @app.post("/v1/pops/token", provide_automatic_options=False)
    def token() -> Response:
        plan, keys = api.live()
        api.may_sign(keys)
        return _token(api, plan, keys[0])

    @app.after_request
    def counted(response: Response) -> Response:
        api.count(response.status_code)
        return response

    return app


def _stream(api: PopsApi, allowed: TokenClaims) -> Response:
    last = id_of(request.headers.get("Last-Event-ID", "") or request.args.get("after", ""))
    try:
        screen = api.hub.show(allowed.person, last)
    except TooMany:
        raise RequestRefused(503, "too many screens are open", 10) from None
    until = min(allowed.until, api.now() + STREAM_SECONDS)
    response = Response(_lines(screen, until, api.now), mimetype=STREAM)
    response.call_on_close(lambda: api.hub.close(screen))
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _lines(screen: Screen, until: float, now: Callable[[], float]) -> Iterator[bytes]:
    yield f"retry: {AGAIN_MS}\n\n".encode()
    for event in screen.events(until, BEAT_SECONDS, now):
        yield _written(event) if event else b":\n\n"


def _written(event: PopEvent) -> bytes:
    """One ``data`` line: the JSON has no line breaks."""
    return f"id: {event.id[0]}-{event.id[1]}\ndata: {event.text}\n\n".encode()


def _token(api: PopsApi, plan: PopsPlan, key: str) -> Response:
    person, seconds = request.args.get("person", ""), request.args.get("for", str(TOKEN_SECONDS))
    if person not in plan.people:
        raise RequestRefused(404, "person is not one of this project's")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 9 and 1 <= int(seconds) <= LONGEST_SECONDS):
        raise RequestRefused(400, f"for must be 1 to {LONGEST_SECONDS} seconds")
    until = math.floor(api.now()) + int(seconds)
    return jsonify({"token": signed(key, plan.project, TokenClaims(person, until)), "until": until})
