"""Floods of calls: what is refused now, since when, why and until when; letting everybody pass again."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, redirect, render_template, request, url_for

from routing.desk.current import needs, note, plan, services, settle
from routing.desk.flood_rows import pass_everywhere, picture
from routing.model.desk import Right
from routing.model.numbers import normalise

#: For how long everybody passes, in hours; 0 returns to what is noticed.
HOURS = (3, 24, 0)


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/floods", "floods", floods)
    app.add_url_rule("/floods/pass", "flood_pass", flood_pass, methods=["POST"])


@needs(Right.OVERRIDE)
def floods() -> Any:
    """What stands now."""
    found = picture(services().database, plan().project, services().switches, services().now())
    return render_template(
        "floods.html", picture=found, has_nodes=bool(services().switches), done=request.args.get("done", ""),
        failed=request.args.get("failed", ""), hours=HOURS[0],
    )  # fmt: skip


@needs(Right.OVERRIDE)
def flood_pass() -> Any:
    """Let everybody pass at a number on every node for some hours, or end that."""
    try:
        number = normalise(request.form.get("number", "")[:40], plan().country or None)
        hours = int(request.form.get("hours", ""))
    except ValueError:
        abort(400)
    if hours not in HOURS:
        abort(400)
    note("flood_pass", number, f"{hours} h")
    nodes = services().switches.values()
    failed = pass_everywhere(nodes, number, hours * 3600.0)
    if not nodes or failed == len(nodes):
        settle(502)
    return redirect(url_for("floods", done=number, failed=failed or None), 303)
