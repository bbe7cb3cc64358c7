"""The skeleton of an HTTP API on Flask: keys, origins, refusals, faults and the headers of every answer.

Errors are JSON, ``{"error": "..."}``. Caches keep nothing that does not say otherwise.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

#: Browsers ask again whether they may after this time.
PREFLIGHT_SECONDS = 600


class RequestRefused(Exception):
    """The answer to a request that may not be made or is wrong: an HTTP status and why.

    ``again_s``: after how many seconds it may be made again, 0 where time changes nothing.
    """

    def __init__(self, status: int, reason: str, again_s: float = 0) -> None:
        super().__init__(reason)
        self.status, self.again_s = status, again_s


@dataclass(frozen=True)
class Pages:
    """Which pages of other sites read answers. ``origins``: the sites, as they are now; ``methods``, ``headers``: with
    what their scripts may ask, as lists with commas."""

    origins: Callable[[], Collection[str]]
    methods: str
    headers: str


def application(name: str, pages: Pages, paths: Iterable[str], fault: Callable[[Exception], None]) -> Flask:
    """An application without routes but the preflights of ``paths``. ``fault`` gets every exception that is no answer;
    whoever asked gets 500 and no details."""
    app = Flask(name, static_folder=None)

    def preflight() -> Response:
        return Response(status=204)

    for path in paths:
        app.add_url_rule(path, view_func=preflight, methods=["OPTIONS"], provide_automatic_options=False)

    @app.errorhandler(RequestRefused)
    def refused(problem: RequestRefused) -> Response:
        answer = error(problem.status, str(problem))
        if problem.again_s:
            answer.headers["Retry-After"] = str(math.ceil(problem.again_s))
        return answer

    @app.errorhandler(Exception)
    def failed(problem: Exception) -> Response:
        if isinstance(problem, HTTPException) and problem.code:
            return error(problem.code, problem.name.lower())
        fault(problem)
        return error(500, "a fault of ours")

    @app.after_request
    def headed(response: Response) -> Response:
        _head(response, pages)
        return response

    return app


def error(status: int, reason: str) -> Response:
    """An answer that says what is wrong."""
    response = jsonify({"error": reason})
    response.status_code = status
    return response


def origin() -> str:
    """The site of the page that asks, ``https://www.example.com``; "" for programs."""
    return request.headers.get("Origin", "")


def address() -> str:
    """The IP address that asks."""
    return request.remote_addr or ""


def holds_key(keys: Iterable[str]) -> bool:
    """Whether the request shows one of the keys: ``Authorization: Bearer KEY``."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return False
    # every key is compared: the time tells nothing of which was nearest
    right = [hmac.compare_digest(given.strip().encode(), key.encode()) for key in keys if key]
    return any(right)


def _head(response: Response, pages: Pages) -> None:
    """Only listed origins read answers, and no browser guesses what an answer is."""
    response.headers.add("Vary", "Origin")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    asking = origin()
    if asking not in pages.origins():
        return
    response.headers["Access-Control-Allow-Origin"] = asking
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = pages.methods
        response.headers["Access-Control-Allow-Headers"] = pages.headers
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
