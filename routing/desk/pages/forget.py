"""Forgetting a client, for admins: what is known of a number, then removing it. The audit log keeps no number."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template, request

from routing.desk.audit import masked
from routing.desk.current import needs, note, plan, services
from routing.desk.forgetting import ClientTraces, forget_client, traces
from routing.desk.services import NoPeople
from routing.model import numbers
from routing.model.desk import Right
from routing.store.client import StoreDown


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/forget", "forget", forget)
    app.add_url_rule("/forget", "forget_now", forget_now, methods=["POST"])


@needs(Right.FORGET)
def forget() -> Any:
    """The form; with a number, what is known of it."""
    typed = request.args.get("number", "").strip()[:30]
    number = _number(typed)
    found = traces(services().database, plan().project, number) if number else None
    return _page(typed, number, found, wrong=bool(typed) and not number)


@needs(Right.FORGET)
def forget_now() -> Any:
    """Remove it."""
    number = _number(request.form.get("number", "")[:30])
    if not number:
        return _page("", "", None, wrong=True), 400
    note("forget", masked(number))
    database, project = services().database, plan().project
    try:
        with services().people(project) as people:
            queues = services().hub.queues()
            gone = forget_client(database, project, number, people.store, queues, plan().people, services().root)
    except NoPeople:
        gone = forget_client(database, project, number, None, root=services().root)
    except StoreDown:
        return _page("", "", None, redis_is_down=True), 503
    return _page("", number, gone, done=True)


def _number(typed: str) -> str:
    try:
        return numbers.normalise(typed, plan().country or None) if typed else ""
    except ValueError:
        return ""


def _page(typed: str, number: str, found: ClientTraces | None, **facts: bool) -> str:
    shown = {"wrong": False, "done": False, "redis_is_down": False, **facts}
    return render_template("forget.html", typed=typed, number=number, found=found, **shown)
