"""FreePBX: menus, time conditions, call flows and announcements."""

from __future__ import annotations

import re
from typing import Any

from routing.imports.calendars import ALL_DAY, TimeRule
from routing.imports.draft import DraftScheme, ImportDraft, Steps, ended
from routing.imports.freepbx_targets import FreepbxTargets
from routing.imports.hours_steps import hours_step, switch_step
from routing.imports.menus import KEYS, menu_step
from routing.imports.ranges import clock_minutes, numbers_in
from routing.imports.rows import Row, Tables

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TABLES = {
    "ivr_details": ("id", "name", "menu", "menus"),
    "timeconditions": ("timeconditions_id", "displayname", "condition", "hours"),
    "announcement": ("announcement_id", "description", "announcement", "announcements"),
}


def declare(tables: Tables, targets: FreepbxTargets) -> list[tuple[Row, DraftScheme]]:
    """A scheme for each of them."""
    found = []
    for table, (number, name, kind, folder) in _TABLES.items():
        for row in tables[table]:
            found.append((row, _declared(row, (kind, row.text(number)), row.text(name), folder, targets)))
    for row in tables.where("daynight", dmode="day"):
        number = row.text("ext")
        name = _flow_text(tables, number, "fc_description") or f"call flow {number}"
        found.append((row, _declared(row, ("flow", number), name, "hours", targets)))
    return found


def _declared(row: Row, key: tuple[str, str], name: str, folder: str, targets: FreepbxTargets) -> DraftScheme:
    kind, number = key
    scheme = targets.draft.scheme(name or f"{kind} {number}", f"{kind} {number} {name}", folder)
    targets.known[key] = lambda: [{"scheme": scheme.id}]
    return scheme


def fill(declared: list[tuple[Row, DraftScheme]], tables: Tables, targets: FreepbxTargets) -> None:
    """The steps of each."""
    makers = {"ivr_details": _menu, "timeconditions": _condition, "announcement": _announcement, "daynight": _flow}
    for row, scheme in declared:
        scheme.steps = ended(makers[row.table](row, tables, targets))


def _menu(row: Row, tables: Tables, targets: FreepbxTargets) -> Steps:
    name = row.text("name") or row.text("id")
    options: dict[str, Steps] = {}
    ends: dict[str, tuple[str, Steps]] = {}
    for each in tables.where("ivr_entries", ivr_id=row.text("id")):
        selection, key = each.text("selection"), f"{name}, key {each.text('selection')}"
        if selection in KEYS:
            options[selection] = targets.steps(each, key, "dest")
        elif selection in ("t", "i"):
            ends[selection] = each.text("dest"), targets.steps(each, key, "dest")
        else:
            remedy = "people's extensions are dialled with `extensions: true`; for others write a menu below a menu"
            targets.draft.report.lost(each, key, "selection", "an option that is not one key", remedy)
        if each.flag("ivr_ret"):
            targets.draft.report.changed(
                each, key, "ivr_ret", "callers do not come back to the menu", "end its steps with `scheme: MENU`"
            )
    for kind, column in (("t", "timeout_destination"), ("i", "invalid_destination")):
        if row.text(column):
            ends[kind] = row.text(column), targets.steps(row, name, column)
    return menu_step(targets.draft, row, name, _menu_settings(row, name, options, ends, targets))


def _menu_settings(
    row: Row, name: str, options: dict[str, Steps], ends: dict[str, tuple[str, Steps]], targets: FreepbxTargets
) -> dict[str, Any]:
    report = targets.draft.report
    if "t" in ends and "i" in ends and ends["t"][0] != ends["i"][0]:
        what = "no key and a wrong key lead to different places: both go where no key went"
        report.changed(row, name, "invalid_destination", what, "`otherwise` of a menu is for both")
    tries = max(row.whole("timeout_loops"), row.whole("invalid_loops")) + 1
    direct = row.text("directdial")
    if direct.isdigit() and direct != "0":
        report.lost(row, name, "directdial", "a directory by name", "`extensions: true` lets callers dial everybody")
    settings: dict[str, Any] = {
        "prompt": targets.recording(row.text("announcement")) or targets.draft.sound(f"{name}.wav"),
        "options": options,
        "extensions": direct in ("ext-local", "CHECKED"),
        "wait": max(1, row.whole("timeout_time", 10)),
        "tries": tries,
        "otherwise": (ends.get("t") or ends.get("i") or ("", []))[1],
    }
    if invalid := targets.recording(row.text("invalid_retry_recording")):
        settings["invalid"] = invalid
    return settings


def _condition(row: Row, tables: Tables, targets: FreepbxTargets) -> Steps:
    draft, name = targets.draft, row.text("displayname") or row.text("timeconditions_id")
    matching, others = targets.steps(row, name, "truegoto"), targets.steps(row, name, "falsegoto")
    rules = [
        rule
        for each in tables.where("timegroups_details", timegroupid=row.text("time"))
        if (rule := rule_of(each, name, draft))
    ]
    if row.text("mode", "time-group") == "calendar-group":
        rules = []
        draft.report.lost(row, name, "calendar_id", "hours from a calendar", "write its hours into calendars.yaml")
    elif not rules:
        draft.report.lost(
            row, name, "time", "a condition without times: it never matches", "write its hours into calendars.yaml"
        )
    zone = row.text("timezone").removeprefix("default")
    return [hours_step(draft, row, name, "time", rules, zone, matching), *others]


def rule_of(row: Row, name: str, draft: ImportDraft) -> TimeRule | None:
    """``09:00-17:59|mon-fri|*|*`` as a rule; a finding when it cannot be read."""
    parts = [part.strip().lower() for part in row.text("time").split("|")]
    try:
        hours, days, month_days, months = (parts + ["*"] * 4)[:4]
        return TimeRule(
            minutes=ALL_DAY if hours in ("*", "") else clock_minutes(hours),
            weekdays=_named(days, _DAYS, 0),
            month_days=None if month_days in ("*", "") else numbers_in(month_days, 1, 31),
            months=_named(months, _MONTHS, 1),
        )
    except ValueError:
        draft.report.lost(row, name, "time", "times that cannot be read", "write them into calendars.yaml")
        return None


def _named(text: str, names: tuple[str, ...], first: int) -> frozenset[int] | None:
    """Days or months by name, as numbers from ``first`` on; None for any."""
    if text in ("*", ""):
        return None
    digits = re.sub(r"[a-z]+", lambda found: str(names.index(found[0][:3]) + first), text)
    return numbers_in(digits, first, len(names) - 1 + first)


def _announcement(row: Row, tables: Tables, targets: FreepbxTargets) -> Steps:
    name = row.text("description")
    sound = targets.recording(row.text("recording_id")) or targets.draft.sound(f"{name}.wav")
    if row.text("repeat_msg"):
        targets.draft.report.lost(row, name, "repeat_msg", "a key that repeats the message", "write a step `menu`")
    if row.flag("noanswer"):
        targets.draft.report.changed(
            row, name, "noanswer", "the message is played after answering", "only `ring` comes before it"
        )
    return [{"play": sound}, *(targets.steps(row, name, "post_dest") if row.text("post_dest") else [])]


def _flow(row: Row, tables: Tables, targets: FreepbxTargets) -> Steps:
    number = row.text("ext")
    name = _flow_text(tables, number, "fc_description") or f"call flow {number}"
    night = _flow_text(tables, number, "night")
    day_steps = targets.steps(row, name, "dest")
    night_steps = targets.steps(row, name, "dest", night) if night else []
    return [switch_step(targets.draft, row, name, "dmode", (day_steps, night_steps), f"*28{number}", False)]


def _flow_text(tables: Tables, number: str, mode: str) -> str:
    return next((row.text("dest") for row in tables.where("daynight", ext=number, dmode=mode)), "")
