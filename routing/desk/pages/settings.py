"""One's own settings: language, colors, password, one-time codes, sessions."""

from __future__ import annotations

from typing import Any

import segno
from flask import Flask, g, make_response, redirect, render_template, request, url_for

from routing.desk.accounts import SignInRefused, WeakPassword, is_code, totp_address, totp_secret
from routing.desk.browser_names import browser_name
from routing.desk.current import needs, note, plan, public, services, texts, user
from routing.desk.texts import LANGUAGES

_YEAR = 365 * 86400
#: What browsers may choose before they sign in: cookie -> its values.
CHOICES = {"desk_language": LANGUAGES, "desk_theme": ("auto", "light", "dark")}


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/choose", "choose", choose, methods=["POST"])
    app.add_url_rule("/settings", "settings", settings)
    app.add_url_rule("/settings/password", "set_password", set_password, methods=["POST"])
    app.add_url_rule("/settings/codes", "set_codes", set_codes, methods=["POST"])
    app.add_url_rule("/settings/sessions", "end_sessions", end_sessions, methods=["POST"])


@public
def choose() -> Any:
    """Language and colors of this browser."""
    answer = make_response(redirect(request.referrer if _is_ours(request.referrer) else url_for("index"), 303))
    for name, values in CHOICES.items():
        if request.form.get(name) in values:
            answer.set_cookie(
                name, request.form[name], max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
            )
    return answer


@needs(None)
def settings() -> Any:
    """The page."""
    return _page()


@needs(None)
def set_password() -> Any:
    """A new password; the old one is asked for unless the user came by a link. Other sessions end."""
    accounts, now = services().accounts, services().now()
    if accounts.names().get(user().name, {}).get("password"):
        try:
            accounts.check(user().name, request.form.get("old", "")[:1000], now)
        except SignInRefused:
            return _page(texts()("settings.wrong_password"), 403)
    try:
        accounts.set_password(user().name, request.form.get("new", "")[:1000], now)
    except WeakPassword:
        return _page(texts()("settings.weak_password"), 400)
    note("password")
    _end_others()
    return redirect(url_for("settings", done="password"), 303)


@needs(None)
def set_codes() -> Any:
    """Ask for one-time codes from now on, after one right code; or no more, with the password."""
    accounts, secret = services().accounts, request.form.get("secret", "")[:64]
    if secret:
        if not is_code(secret, request.form.get("code", "")[:20], services().now()):
            return _page(texts()("settings.wrong_code"), 400, secret)
    else:
        try:
            accounts.check(user().name, request.form.get("old", "")[:1000], services().now())
        except SignInRefused:
            return _page(texts()("settings.wrong_password"), 403)
    accounts.set_totp(user().name, secret)
    note("codes", detail="on" if secret else "off")
    return redirect(url_for("settings", done="codes"), 303)


@needs(None)
def end_sessions() -> Any:
    """End one session, or all others."""
    one = request.form.get("session", "")
    if one:
        services().sessions.end(user().name, one)
    else:
        _end_others()
    note("end_sessions")
    return redirect(url_for("settings", done="sessions"), 303)


def _end_others() -> None:
    session = services().sessions.find(g.token, services().now())
    services().sessions.end(user().name, but=session.id if session else "")


def _page(problem: str = "", status: int = 200, secret: str = "") -> Any:
    account = services().accounts.names().get(user().name, {"password": False, "totp": False})
    secret = totp_secret(secret)
    session = services().sessions.find(g.token, services().now())
    page = render_template(
        "settings.html",
        problem=problem,
        done=request.args.get("done", ""),
        account=account,
        secret=secret,
        picture=segno.make(totp_address(secret, user().name, plan().project), error="m").svg_data_uri(scale=4),
        sessions=services().sessions.of(user().name, services().now()),
        this=session.id if session else "",
        signs_in_here=not plan().header,
        browser_name=browser_name,
    )
    return page, status


def _is_ours(address: str | None) -> bool:
    return bool(address and address.startswith(request.host_url))
