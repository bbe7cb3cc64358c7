"""Signing in and out: by password and one-time code, or by a link that works once.

A wrong name and a wrong password get the same answer in the same time. One address may try only so often.
"""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, g, make_response, redirect, render_template, request, url_for

from routing.desk.accounts import CODE, CODE_SECONDS, SignInRefused
from routing.desk.current import needs, note, plan, public, services, texts, user
from routing.desk.guard import keep
from routing.desk.navigation import first
from routing.desk.plan import User

MOST_NAME, MOST_PASSWORD = 200, 1000


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/sign-in", "sign_in", sign_in, methods=["GET", "POST"])
    app.add_url_rule("/enter", "enter", enter, methods=["GET", "POST"])
    app.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])


@public
def sign_in() -> Any:
    """The form; a right name and password go on to the page that was asked for."""
    if g.user is not None:
        return redirect(url_for(first(g.user)))
    if request.method == "GET":
        return sign_in_form()
    if not plan().password:
        abort(403)
    if wait_s := services().tries.wait_s(request.remote_addr or ""):
        return later(wait_s)
    try:
        return _by_code() if "code" in request.form else _by_password()
    except SignInRefused as problem:
        if problem.again_s:
            return later(problem.again_s)
        return sign_in_form(texts()("sign_in.wrong"), 401, typed=_typed("name", MOST_NAME))


def _by_password() -> Any:
    name, password = _typed("name", MOST_NAME), _typed("password", MOST_PASSWORD)
    found, now = plan().user(name), services().now()
    needs_code = services().accounts.check(found.name if found else "", password, now)
    if found is None:
        raise SignInRefused
    if needs_code:
        return sign_in_form(pending=services().accounts.link(found.name, now, CODE, CODE_SECONDS))
    return entered(found, "password")


def _by_code() -> Any:
    pending, now = _typed("pending", 100), services().now()
    found = plan().users.get(services().accounts.whose(pending, now, CODE))
    if found is None:
        raise SignInRefused
    try:
        services().accounts.check_code(found.name, _typed("code", 20), now)
    except SignInRefused as problem:
        return later(problem.again_s) if problem.again_s else sign_in_form(texts()("sign_in.wrong_code"), 401, pending)
    services().accounts.use_link(pending, now, CODE)
    return entered(found, "password and code")


@public
def enter() -> Any:
    """A link that works once: a page with a button, so that programs that look at links do not use it up."""
    token = request.values.get("token", "")[:100]
    if request.method == "GET":
        return render_template("enter.html", token=token)
    if services().tries.wait_s(request.remote_addr or ""):
        abort(429)
    try:
        name = services().accounts.use_link(token, services().now())
    except SignInRefused:
        return sign_in_form(texts()("sign_in.link_over"), 403)
    found = plan().users.get(name)
    if found is None:
        return sign_in_form(texts()("sign_in.link_over"), 403)
    return entered(found, "link")


@needs(None)
def sign_out() -> Any:
    """End this session."""
    session = services().sessions.find(g.token, services().now())
    if session:
        services().sessions.end(user().name, session.id)
    answer = make_response(redirect(url_for("sign_in", out=1 if plan().openid else None)))
    keep(answer, "")
    return answer


def entered(found: User, how: str, there: str = "") -> Any:
    """Somebody is who they say: their session begins."""
    note("sign_in", detail=how, by=found)
    address, agent = request.remote_addr or "", request.headers.get("User-Agent", "")
    token = services().sessions.begin(found.name, address, agent, services().now())
    answer = make_response(redirect(there or next_page() or url_for(first(found)), 303))
    keep(answer, token)
    return answer


def next_page() -> str:
    """The page that was asked for before, one of ours."""
    there = request.values.get("next", "")
    is_ours = there.startswith("/") and not there.startswith(("//", "/\\")) and not urlsplit(there).netloc
    return there if is_ours and there.isprintable() else ""


def _typed(field: str, most: int) -> str:
    return request.form.get(field, "")[:most]


def later(seconds: float) -> Any:
    """The form, which says when it may be tried again."""
    return sign_in_form(texts()("sign_in.later", minutes=_minutes(seconds)), 429)


def sign_in_form(problem: str = "", status: int = 200, pending: str = "", typed: str = "") -> Any:
    """The page, with every way to sign in."""
    page = render_template(
        "sign_in.html",
        problem=problem,
        pending=pending,
        typed=typed,
        by_password=plan().password,
        openid=plan().openid,
        is_out=bool(request.args.get("out")),
        next_page=next_page(),
    )
    return page, status


def _minutes(seconds: float) -> str:
    return texts().count("minutes", max(math.ceil(seconds / 60), 1))
