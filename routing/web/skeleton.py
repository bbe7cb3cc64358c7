"""The skeleton of an HTTP API on Flask: keys, origins, errors and the headers of every answer.

Errors are JSON, ``{"error": "..."}``. Caches store nothing by default.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

#: Browsers repeat a preflight request after this time.
PREFLIGHT_SECONDS = 600


class RequestRefused(Exception):
    """A refused request: the HTTP status and the reason of its answer.

    ``again_s``: after how many seconds the request may be repeated (Retry-After), 0 for no header. ``code``: a word for
    programs; the answer then is ``{"error": code, "message": reason, "retry_s": ...}``.
    """

    def __init__(self, status: int, reason: str, again_s: float = 0, code: str = "") -> None:
        super().__init__(reason)
        self.status, self.again_s, self.code = status, again_s, code


@dataclass(frozen=True)
class Pages:
    """Which pages of other sites may read answers (CORS). ``origins``: the sites now; ``methods``, ``headers``: what
    their scripts may send, separated by commas."""

    origins: Callable[[], Collection[str]]
    methods: str
    headers: str


def application(name: str, pages: Pages, paths: Iterable[str], fault: Callable[[Exception], None]) -> Flask:
    """An application with only the preflight routes of ``paths``. ``fault`` gets every unexpected exception; its client
    gets 500 without details."""
    app = Flask(name, static_folder=None)

    def preflight(**_: str) -> Response:
        return Response(status=204)

    for path in paths:
        app.add_url_rule(path, view_func=preflight, methods=["OPTIONS"], provide_automatic_options=False)

    @app.errorhandler(RequestRefused)
    def refused(problem: RequestRefused) -> Response:
        answer = coded(problem) if problem.code else error(problem.status, str(problem))
        if problem.again_s:
            answer.headers["Retry-After"] = str(math.ceil(problem.again_s))
        return answer

    @app.errorhandler(Exception)
    def failed(problem: Exception) -> Response:
        if isinstance(problem, HTTPException) and problem.code:
            return error(problem.code, problem.name.lower())
        fault(problem)
        return error(500, "internal error")

    @app.after_request
    def headed(response: Response) -> Response:
        _head(response, pages)
        return response

    return app


def error(status: int, reason: str) -> Response:
    """An error answer."""
    response = jsonify({"error": reason})
    response.status_code = status
    return response


def coded(problem: RequestRefused) -> Response:
    """An error answer with a code."""
    again = {"retry_s": math.ceil(problem.again_s)} if problem.again_s else {}
    response = jsonify({"error": problem.code, "message": str(problem), **again})
    response.status_code = problem.status
    return response


def origin() -> str:
    """The origin of the requesting page, ``https://www.example.com``; "" for programs."""
    return request.headers.get("Origin", "")


def address() -> str:
    """The client's IP address."""
    return request.remote_addr or ""


def holds_key(keys: Iterable[str]) -> bool:
    """Whether the request carries one of the keys: ``Authorization: Bearer KEY``."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return False
    # compare every key: the response time must not depend on which one is nearest
    right = [hmac.compare_digest(given.strip().encode(), key.encode()) for key in keys if key]
    return any(right)


def _head(response: Response, pages: Pages) -> None:
    """Only listed origins may read answers, and browsers must not guess the content type."""
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
