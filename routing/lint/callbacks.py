"""Calls back that would never be dialled."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint import week
from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.model.calendar import DAYS, Calendar
from routing.model.problem import Loc
from routing.steps.base import Complaint
from routing.steps.callback import CallbackStep


class CallbackNever(Lint):
    """Clients of the scheme would never be called back: its calendar is open in their quiet hours only.

    By the clocks of the project's time zone; clients elsewhere have other hours.

    Good::

        project: {name: p, timezone: Europe/Kyiv, country: UA, callbacks: {}}
        ---
        scheme: front
        numbers: "+380440000001"
        hours: office
        callback: missed
        steps: [{ring: ivan}, hangup]

    Bad::

        project: {name: p, timezone: Europe/Kyiv, country: UA, callbacks: {}}
        calendars: {night: {open: {mon-sun: "22:00-06:00"}}}
        ---
        scheme: front
        numbers: "+380440000001"
        hours: night
        callback: missed
        steps: [{ring: ivan}, hangup]
    """

    id = "callback-never"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Schemes that order calls back."""
        settings = one.folder.project.callbacks
        calendar = one.folder.calendars.get((settings and settings.calendar) or one.fields.hours or "")
        if settings is None or calendar is None or settings.quiet_hours is None:
            return
        zone = one.folder.project.timezone
        quiet = week.open_minutes(Calendar("quiet", zone, ((settings.quiet_hours,),) * len(DAYS)))
        if week.open_minutes(calendar) & ~quiet:
            return
        for loc in orders(one):
            message = (
                f"nobody would ever be called back: `{calendar.name}` is open in the quiet hours {settings.quiet} only"
            )
            yield loc, message, "give `callbacks` another `calendar`, or other `quiet` hours"


def orders(one: OneScheme) -> Iterator[Loc]:
    """Where a scheme orders calls back by itself."""
    if one.fields.callback:
        yield ("callback",)
    for step, loc, _ in one.steps:
        if isinstance(step, CallbackStep) and step.scheme in (None, one.fields.scheme):
            yield loc
