"""Releases: which is live, what was live before and by whom, what callers noticed of each change; rollback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, abort, redirect, render_template, url_for

from routing.desk.current import needs, note, services, texts, user
from routing.desk.pictures import RELEASE, NoPicture, difference
from routing.model.desk import Right
from routing.model.problem import UserFailure
from routing.release import history
from routing.release import publish as publishing
from routing.release.history import Publication

MOST_SHOWN = 60


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/releases", "releases", releases)
    app.add_url_rule("/releases/<old>..<new>", "release_difference", release_difference)
    app.add_url_rule("/releases/rollback", "rollback", rollback, methods=["POST"])


@needs(Right.SCHEMES)
def releases() -> Any:
    """The history."""
    return _page()


@needs(Right.SCHEMES)
def release_difference(old: str, new: str) -> Any:
    """What callers notice between two releases; a part of the page, or a page of its own."""
    if not (RELEASE.fullmatch(old) and RELEASE.fullmatch(new)):
        abort(404)
    try:
        text, problem = difference(services().root, old, new), ""
    except NoPicture as reason:
        text, problem = "", str(reason)
    return render_template("release_difference.html", old=old, new=new, text=text, problem=problem)


@needs(Right.ROLLBACK)
def rollback() -> Any:
    """Make the release before live again; doing it twice undoes it."""
    root = services().root
    note("rollback", publishing.current(root) or "")
    try:
        with publishing.only_one(root):
            published = publishing.rollback(root, _first_switch())
            history.note(
                root,
                Publication(
                    services().now(), published.release, published.before or "", "rollback", user().shown,
                    texts()("releases.from_desk"),
                ),
            )  # fmt: skip
    except (UserFailure, OSError) as problem:
        return _page(str(problem)), 409
    return redirect(url_for("releases"), 303)


def _first_switch() -> Callable[[str], str] | None:
    return next(iter(services().switches.values()), None)


def _page(problem: str = "") -> str:
    root = services().root
    lines = history.publications(root)[:MOST_SHOWN]
    return render_template(
        "releases.html",
        lines=lines,
        live=publishing.current(root) or "",
        previous=publishing.previous(root) or "",
        problem=problem,
    )
