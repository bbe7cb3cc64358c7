"""Who sends a request, and whether a browser sends it on purpose; the headers of every answer.

A session's cookie names the user (`routing.desk.sessions`), or a trusted proxy's header does. What changes something is
a POST with the session's form token, from a page of this origin.
"""

from __future__ import annotations

import hmac
from secrets import token_urlsafe
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request

from routing.desk.current import services
from routing.desk.plan import User
from routing.desk.services import NothingLive
from routing.desk.sessions import form_token

COOKIE = "desk_session"
#: The form field, and the header, with the session's form token.
FIELD, HEADER = "form_token", "X-Form-Token"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
#: Told by the browser over TLS only; a year.
_STRICT_TRANSPORT = "max-age=31536000"


def add_guard(app: Flask) -> None:
    """Every request finds its user or none in ``g.user``; no POST passes that a page of ours did not send."""

    @app.before_request
    def known() -> None:
        g.token = request.cookies.get(COOKIE, "")
        g.user = None
        if request.endpoint == "static":
            return
        if request.method not in ("GET", "HEAD"):
            _same_origin()
        g.user = _user()
        if request.method not in ("GET", "HEAD") and g.user is not None:
            given = request.headers.get(HEADER) or request.form.get(FIELD, "")
            if not hmac.compare_digest(given.encode(), page_token().encode()):
                abort(400, "this page is too old: load it again")

    @app.after_request
    def headed(answer: Response) -> Response:
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
        if g.get("fresh"):
            keep(answer, g.token)
        if request.is_secure:
            answer.headers["Strict-Transport-Security"] = _STRICT_TRANSPORT
        if request.endpoint != "static":
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer


def page_token() -> str:
    """The form token of the request's browser."""
    return form_token(g.token)


def keep(answer: Response, token: str) -> None:
    """Give the browser its session's token; "" takes it away."""
    if not token:
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax", secure=request.is_secure)
        return
    answer.set_cookie(COOKIE, token, path="/", httponly=True, samesite="Lax", secure=request.is_secure)


def _user() -> User | None:
    try:
        plan = services().plan
    except NothingLive:
        return None
    if plan.header and (name := request.headers.get(plan.header)) and _peer() in plan.proxies:
        g.fresh = not g.token
        g.token = g.token or token_urlsafe(32)
        return plan.user(name)
    session = services().sessions.find(g.token, services().now()) if g.token else None
    return plan.users.get(session.name) if session else None


def _peer() -> str:
    """The address at the other end of the connection, whatever its headers say."""
    return str(request.environ.get("werkzeug.proxy_fix.orig", request.environ).get("REMOTE_ADDR", ""))


def _same_origin() -> None:
    """Refuse a request that another site's page sent. Browsers tell; what tells nothing is no browser."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        abort(403)
