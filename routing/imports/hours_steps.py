"""Steps that branch by a time condition, and by a switch that people turn by hand."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from typing import Any

from routing.imports.calendars import YEARS, TimeRule, calendar_fields
from routing.imports.draft import DraftCalendar, ImportDraft, Steps
from routing.imports.rows import Row
from routing.model.calendar import INEXPRESSIBLE_ZONES

DATES = "write later years into `days`, or use `holidays: COUNTRY`"


def hours_step(
    draft: ImportDraft, row: Row, name: str, column: str, rules: Sequence[TimeRule], zone: str, steps: Steps
) -> dict[str, Any]:
    """``hours`` with the steps of the time when a rule matches; else the next step follows."""
    calendar = calendar_of(draft, row, name, column, rules, zone)
    return {"hours": {"calendar": calendar.id, "open": steps}}


def calendar_of(
    draft: ImportDraft, row: Row, name: str, column: str, rules: Sequence[TimeRule], zone: str
) -> DraftCalendar:
    """The calendar of these rules: the same rules have the same calendar."""
    zone = _known_zone(draft, row, name, column, zone)
    fields, is_whole = calendar_fields(rules, draft.today)
    for known in draft.calendars.values():
        if known.fields == fields and known.timezone == zone and not known.is_switch:
            return known
    if "days" in fields:
        draft.report.changed(row, name, column, f"conditions on dates are written out for {YEARS} years", DATES)
    if not is_whole:
        draft.report.lost(row, name, column, "more dates than a calendar holds", "write the rest by hand")
    found = DraftCalendar(draft.new_name("calendar", name, "hours"), f"time condition {name}", rules, fields, zone)
    draft.calendars[found.id] = found
    return found


def _known_zone(draft: ImportDraft, row: Row, name: str, column: str, zone: str) -> str:
    if zone in ("", draft.timezone):
        return ""
    if zone in zoneinfo.available_timezones() and zone not in INEXPRESSIBLE_ZONES:
        return zone
    draft.report.lost(row, name, column, "a time zone that FreeSWITCH does not know", "write the calendar's `timezone`")
    return ""


def switch_step(
    draft: ImportDraft, row: Row, name: str, column: str, branches: tuple[Steps, Steps], code: str, is_night: bool
) -> dict[str, Any]:
    """Day and night, turned by hand: a calendar that is always open until `routing hours NAME closed`."""
    fields = {"open": {"mon-sun": "00:00-24:00"}}
    calendar = DraftCalendar(
        draft.new_name("calendar", name, "switch"),
        f"turned by hand: `routing hours` ... closed, was {code}",
        (TimeRule(),),
        fields,
    )
    calendar.is_switch = True
    draft.calendars[calendar.id] = calendar
    command = f"`routing hours {calendar.id} closed`, and `auto` to go back"
    draft.report.changed(row, name, column, f"the feature code `{code}` is a command now", command)
    if is_night:
        draft.report.todo(
            row, name, column, "the night side is on now", f"`routing hours {calendar.id} closed` after publishing"
        )
    day, night = branches
    return {"hours": {"calendar": calendar.id, "open": day, "closed": night}}
