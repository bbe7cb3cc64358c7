"""Schemes: which there are, open or closed now, each as a picture; what happens if a client calls now.

Read-only: the source of schemes is git.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Flask, Response, abort, render_template, request

from routing.desk.alphabetical import alphabetical
from routing.desk.current import needs, plan, services
from routing.desk.journal_filter import YEARS
from routing.desk.on_duty import CallNow, call_now
from routing.desk.override_state import OverrideState, overrides
from routing.desk.pictures import NoPicture, picture
from routing.model import numbers
from routing.model.desk import Right
from routing.offline.published import NoRelease
from routing.release.publish import current

#: The picture's own style; it can do nothing else.
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/schemes", "schemes", schemes)
    app.add_url_rule("/schemes/<name>", "scheme", scheme)
    app.add_url_rule("/schemes/<name>/picture.svg", "scheme_picture", scheme_picture)


@needs(Right.SCHEMES)
def schemes() -> Any:
    """The list; ``q`` filters by name, title and number."""
    query = request.args.get("q", "").strip()[:100]
    sought = query.casefold().replace(" ", "")
    rows = [
        each
        for each in sorted(plan().details.values(), key=lambda each: alphabetical(each.title or each.name))
        if sought in f"{each.name}|{each.title}|{'|'.join(each.numbers)}".casefold().replace(" ", "")
    ]
    return render_template("schemes.html", rows=rows, query=query, states=_states())


@needs(Right.SCHEMES)
def scheme(name: str) -> Any:
    """One scheme: its picture, and a call to one of its numbers now, from ``caller``."""
    found = plan().details.get(name)
    if found is None:
        abort(404)
    number = request.args.get("number", "")
    chosen = number if number in found.numbers else next(iter(found.numbers), "")
    typed, at = request.args.get("caller", "").strip()[:30], _moment(request.args.get("at", ""))
    caller, wrong = _caller(typed)
    states = _states()
    return render_template(
        "scheme.html",
        scheme=found,
        states=states,
        chosen=chosen,
        typed=typed,
        wrong=wrong,
        at=at,
        call=_call(chosen, caller, at, states) if chosen and not wrong else None,
        drawable=_is_drawable(name),
    )


@needs(Right.SCHEMES)
def scheme_picture(name: str) -> Any:
    """The picture alone; ``?paper=dark`` for dark pages."""
    if name not in plan().details:
        abort(404)
    try:
        svg = picture(services().root, current(services().root) or "", name, request.args.get("paper") == "dark")
    except NoPicture:
        abort(404)
    answer = Response(svg, mimetype="image/svg+xml")
    answer.headers["Content-Security-Policy"] = _PICTURE_POLICY
    return answer


def _is_drawable(name: str) -> bool:
    try:
        picture(services().root, current(services().root) or "", name)
    except NoPicture:
        return False
    return True


def _states() -> Mapping[str, OverrideState]:
    """Open, closed or holiday of each calendar now, overrides included."""
    return overrides(plan(), services().switches.values(), services().now())


def _caller(typed: str) -> tuple[str, bool]:
    """A caller's number as people type it; whether it is none."""
    if not typed:
        return "", False
    try:
        return numbers.normalise(typed, plan().country or None), False
    except ValueError:
        return "", True


def _moment(text: str) -> datetime | None:
    """A moment as browsers send it, ``2026-11-30T10:00``, in the project's zone; None for now."""
    try:
        found = datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=plan().zone)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _call(number: str, caller: str, at: datetime | None, states: Mapping[str, OverrideState]) -> CallNow | None:
    """The call; overrides by hand hold now, not at another moment."""
    by_hand = {name: state.by_hand for name, state in states.items() if state.by_hand and at is None}
    at = at or datetime.fromtimestamp(services().now(), plan().zone)
    try:
        return call_now(services().root, number, caller, at, by_hand)
    except NoRelease:
        return None
