"""Accounts, for admins: who may sign in, with which role; links to sign in by; ending sessions.

Roles are written in the schemes: here they are only shown.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, render_template, request, url_for

from routing.desk.accounts import ENTER
from routing.desk.alphabetical import alphabetical
from routing.desk.current import needs, note, plan, services
from routing.model.desk import ALLOWED, Right, Role


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/accounts", "accounts", accounts)
    app.add_url_rule("/accounts/<name>/link", "account_link", account_link, methods=["POST"])
    app.add_url_rule("/accounts/<name>/sign-out", "account_sign_out", account_sign_out, methods=["POST"])


@needs(Right.ACCOUNTS)
def accounts() -> Any:
    """The list, and what each role may do."""
    return _page()


@needs(Right.ACCOUNTS)
def account_link(name: str) -> Any:
    """A link that signs somebody in once, to be given to them."""
    _must_be_known(name)
    note("link", name)
    token = services().accounts.link(name, services().now(), ENTER)
    return _page(name, url_for("enter", token=token, _external=True))


@needs(Right.ACCOUNTS)
def account_sign_out(name: str) -> Any:
    """End somebody's sessions."""
    _must_be_known(name)
    note("end_sessions", name)
    services().sessions.end(name)
    return _page()


def _must_be_known(name: str) -> None:
    if name not in plan().users:
        abort(404)


def _page(linked: str = "", link: str = "") -> Any:
    now, known = services().now(), services().accounts.names()
    rows = [
        {
            "user": each,
            "account": known.get(each.name, {"password": False, "totp": False, "locked_until_s": 0.0}),
            "sessions": services().sessions.of(each.name, now),
        }
        for each in sorted(
            plan().users.values(), key=lambda each: (-list(Role).index(each.role), alphabetical(each.shown))
        )
        if not request.args.get("role") or each.role == request.args["role"]
    ]
    return render_template(
        "accounts.html",
        rows=rows,
        linked=plan().user_shown(linked),
        link=link,
        roles=list(Role),
        allowed=ALLOWED,
        actions=list(Right),
    )
