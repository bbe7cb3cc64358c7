"""Signing in by an OpenID Connect provider: to it, and back from it.

Whoever comes back is matched to the users of the schemes: the provider gives nobody a right. What the desk remembers
meanwhile is good once, for ten minutes, for the browser that has begun.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from flask import Flask, abort, current_app, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from routing.desk.accounts import SignInRefused
from routing.desk.current import plan, public, services, texts
from routing.desk.openid import OpenIdClient, ProviderAway, SignInAttempt, TokenRefused
from routing.desk.pages.sign_in import entered, later, next_page, sign_in_form
from routing.desk.plan import OpenIdProvider, User
from routing.http.address import Resolver
from routing.http.client import HttpClient
from routing.model.web import Reply

COOKIE, PURPOSE, SECONDS = "desk_openid", "openid", 600.0
_PATH = "/sign-in/openid"


def request_provider(method: str, address: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
    """One request to a provider, in the thread of its view. Raises NoReply."""
    return HttpClient(Resolver(time.monotonic)).exchange(method, address, headers, body, deadline_s)


def add(app: Flask) -> None:
    """Its addresses."""
    app.extensions["desk_openid"] = OpenIdClient(request_provider, lambda: services().now())
    app.add_url_rule(_PATH, "openid_go", openid_go)
    app.add_url_rule(f"{_PATH}/back", "openid_back", openid_back)


@public
def openid_go() -> Any:
    """To the provider."""
    provider = plan().openid or abort(404)
    if wait_s := services().tries.wait_s(request.remote_addr or ""):
        return later(wait_s)
    attempt = SignInAttempt.new(provider.issuer, next_page())
    try:
        there = _client().address(provider, attempt, _back(), again=bool(request.args.get("again")))
    except ProviderAway as problem:
        return _away(problem)
    token = services().accounts.link(json.dumps(asdict(attempt)), services().now(), PURPOSE, SECONDS)
    answer = make_response(redirect(there, 303))
    answer.set_cookie(
        COOKIE, token, max_age=int(SECONDS), path=_PATH, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return answer


@public
def openid_back() -> Any:
    """Back from the provider."""
    provider = plan().openid or abort(404)
    try:
        attempt = _attempt()
        claims = _client().claims(provider, _secret(provider), attempt, _back(), request.args)
        answer = _matched(provider, claims, attempt)
    except ProviderAway as problem:
        answer = _away(problem)
    except (TokenRefused, SignInRefused) as problem:
        services().log(f"openid: {problem}")
        answer = make_response(sign_in_form(texts()("sign_in.openid_refused", name=provider.label), 403))
    answer.delete_cookie(COOKIE, path=_PATH, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def _attempt() -> SignInAttempt:
    """What this browser has begun, once. Raises SignInRefused."""
    token = request.cookies.get(COOKIE, "")[:100]
    return SignInAttempt(**json.loads(services().accounts.use_link(token, services().now(), PURPOSE)))


def _matched(provider: OpenIdProvider, claims: Mapping[str, Any], attempt: SignInAttempt) -> Response:
    found = user_of(provider, claims, plan().users)
    if found is None:
        services().log(f"openid: nobody is known by the {provider.claim} that came")
        return make_response(sign_in_form(texts()("sign_in.openid_unknown", name=provider.label), 403))
    return cast(Response, entered(found, "openid", attempt.next_page))


def user_of(provider: OpenIdProvider, claims: Mapping[str, Any], users: Mapping[str, User]) -> User | None:
    """The user whom claims name: by a verified e-mail address, or by name; None for nobody."""
    value = claims.get(provider.claim)
    if not isinstance(value, str) or not value.strip():
        return None
    named = value.strip().casefold()
    if provider.claim != "email":
        return users.get(named)
    if claims.get("email_verified") is not True and claims.get("email_verified") != "true":
        return None
    found = [user for user in users.values() if user.email.casefold() == named]
    return found[0] if len(found) == 1 else None


def _away(problem: ProviderAway) -> Response:
    services().log(f"openid: {problem}")
    provider = plan().openid
    text = texts()("sign_in.openid_away", name=provider.label if provider else "")
    return make_response(sign_in_form(text, 503))


def _back() -> str:
    return url_for("openid_back", _external=True)


def _secret(provider: OpenIdProvider) -> str:
    found = services().secrets(provider.secret)
    if not found:
        raise ProviderAway(f"the secret {provider.secret} is missing")
    return found[0]


def _client() -> OpenIdClient:
    """The application's one; tests give it another way to the provider."""
    return cast(OpenIdClient, current_app.extensions["desk_openid"])
