"""Calendars: open or closed now, the next 30 days; overriding one by hand on every node, and going back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, abort, redirect, render_template, request, url_for

from routing.desk.current import needs, note, plan, services, settle
from routing.desk.override_state import overrides, set_everywhere
from routing.desk.upcoming import coming_days
from routing.model.desk import Right
from routing.model.override_end import opens_after
from routing.release.overrides import AUTO, OVERRIDES

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/calendars", "calendars", calendars)
    app.add_url_rule("/calendars/<name>/override", "override_calendar", override_calendar, methods=["POST"])


@needs(Right.SCHEMES)
def calendars() -> Any:
    """Every calendar with its days."""
    now = datetime.fromtimestamp(services().now(), UTC)
    rows = [(calendar, coming_days(calendar, now)) for _, calendar in sorted(plan().calendars.items())]
    return render_template(
        "calendars.html",
        rows=rows,
        states=overrides(plan(), services().switches.values(), services().now()),
        users={name: [each for each in plan().details.values() if each.hours == name] for name in plan().calendars},
        has_nodes=bool(services().switches),
        done=request.args.get("done", ""),
        failed=request.args.get("failed", ""),
    )


@needs(Right.OVERRIDE)
def override_calendar(name: str) -> Any:
    """Open, closed or auto, until a time of day or until somebody ends it."""
    state, until = request.form.get("state", ""), request.form.get("until", "")
    if name not in plan().calendars:
        abort(404)
    if state not in (*OVERRIDES, AUTO) or not (until == "" or _CLOCK.fullmatch(until)):
        abort(400)
    seconds = _seconds_until(until, plan().calendars[name].timezone) if until and state != AUTO else 0
    note("override", name, f"{state} {until}".strip())
    nodes = services().switches.values()
    failed = set_everywhere(nodes, name, state, seconds, _opens(name, state, seconds))
    if failed and failed == len(nodes):
        settle(502)
    return redirect(url_for("calendars", done=name, failed=failed or None, _anchor=name), 303)


def _opens(name: str, state: str, seconds: int) -> str:
    """What callers hear of the opening of a calendar that is closed for some seconds."""
    if state != "closed" or not seconds:
        return ""
    return opens_after(plan().calendars[name], datetime.fromtimestamp(services().now() + seconds, UTC))


def _seconds_until(clock: str, zone: str) -> int:
    """To the next time at which a clock in the zone shows it."""
    now = datetime.fromtimestamp(services().now(), ZoneInfo(zone))
    hour, minute = map(int, clock.split(":"))
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if moment <= now:
        moment = (now + timedelta(days=1)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return max(round(moment.timestamp() - now.timestamp()), 1)
