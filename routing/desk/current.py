"""The request that is served: its user, their language, what they may do; and the rights that a view needs.

Every view states its right by `needs`; `routing.desk.application` refuses views without one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from routing.desk.audit import BEGUN, DONE, FAILED, AuditLine
from routing.desk.plan import DeskPlan, User
from routing.desk.services import Services
from routing.desk.texts import Texts
from routing.model.desk import Right

#: The attribute of views with a stated right.
STATED = "desk_right"
View = TypeVar("View", bound=Callable[..., Any])


def services() -> Services:
    """What pages use."""
    return cast(Services, g.services)


def plan() -> DeskPlan:
    """The plan of the live release, the same one during a request."""
    if "plan" not in g:
        g.plan = services().plan
    return cast(DeskPlan, g.plan)


def user() -> User:
    """Who asks. Only in views that need a right."""
    return cast(User, g.user)


def texts() -> Texts:
    """The texts of the request's language."""
    return cast(Texts, g.texts)


def needs(action: Right | None) -> Callable[[View], View]:
    """Serve a view only to signed-in users who may do something; others sign in first, or get 403. None: signed in is
    enough."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **facts: Any) -> Any:
            if g.user is None:
                return _to_sign_in()
            if action is not None and not user().may(action):
                abort(403)
            return view(*args, **facts)

        setattr(guarded, STATED, action or True)
        return cast(View, guarded)

    return decorate


def public(view: View) -> View:
    """Serve a view to everybody."""
    setattr(view, STATED, False)
    return view


def note(action: str, subject: str = "", detail: str = "", by: User | None = None) -> None:
    """Write into the audit log what the user does, before it is done; the answer says whether it was."""
    by, address = by or user(), request.remote_addr or ""
    line = AuditLine(services().now(), by.name, by.role, action, subject, detail, address, BEGUN)
    g.setdefault("noted", []).append(services().audit.add(line))


def settle(status: int) -> None:
    """Write what came of what the request has noted: done, unless the answer is an error."""
    noted = g.pop("noted", [])
    if noted:
        services().audit.settle(noted, DONE if status < 400 else FAILED)


def _to_sign_in() -> Response:
    if request.headers.get("HX-Request"):  # a part of a page: the whole page signs in
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = url_for("sign_in")
        return answer
    if request.method != "GET":
        abort(401)
    return redirect(url_for("sign_in", next=request.full_path.rstrip("?")))
