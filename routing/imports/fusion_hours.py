"""FusionPBX: time conditions, which are dialplans with groups of conditions, and call flows as calendars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from routing.imports.calendars import TimeRule
from routing.imports.draft import DraftScheme, ImportDraft, Steps, ended
from routing.imports.fusion import TIME_CONDITIONS, FusionTargets, enabled, in_order
from routing.imports.hours_steps import hours_step, switch_step
from routing.imports.ranges import clock_minutes, numbers_in
from routing.imports.rows import Row, Tables

#: Conditions of time; the others of a group are about the dialled number.
_TIMES = frozenset({
    "wday", "mday", "mon", "year", "hour", "minute", "minute-of-day", "time-of-day", "date-time", "yday", "week",
    "mweek",
})  # fmt: skip
_DAYS = {"sun": 1, "mon": 2, "tue": 3, "wed": 4, "thu": 5, "fri": 6, "sat": 7}


def declare(tables: Tables, targets: FusionTargets) -> list[tuple[Row, DraftScheme]]:
    """A scheme for each time condition and each call flow; steps come later, when every number is known."""
    found = []
    for row in enabled(tables.where("v_dialplans", app_uuid=TIME_CONDITIONS), "dialplan_enabled"):
        found.append((row, _declared(row, "dialplan_name", "dialplan_number", "time condition", targets)))
    for row in enabled(tables["v_call_flows"], "call_flow_enabled"):
        found.append((row, _declared(row, "call_flow_name", "call_flow_extension", "call flow", targets)))
    return found


def _declared(row: Row, name: str, number: str, kind: str, targets: FusionTargets) -> DraftScheme:
    source = f"{kind} {row.text(number)} {row.text(name)}".strip()
    scheme = targets.draft.scheme(row.text(name) or f"{kind} {row.text(number)}", source, "hours")
    targets.inside.setdefault(row.text(number), lambda: [{"scheme": scheme.id}])
    return scheme


def fill(declared: list[tuple[Row, DraftScheme]], tables: Tables, targets: FusionTargets) -> None:
    """The steps of each."""
    for row, scheme in declared:
        scheme.steps = ended(_flow(row, targets) if row.table == "v_call_flows" else _condition(row, tables, targets))


def _flow(row: Row, targets: FusionTargets) -> Steps:
    name = row.text("call_flow_name") or row.text("call_flow_extension")
    day = targets.steps(row, name, "call_flow_data", row.text("call_flow_app"), row.text("call_flow_data"))
    column = "call_flow_alternate_data"
    night = targets.steps(row, name, column, row.text("call_flow_alternate_app"), row.text(column))
    code = row.text("call_flow_feature_code") or row.text("call_flow_extension")
    is_night = row.text("call_flow_status").lower() in ("false", "f")
    return [switch_step(targets.draft, row, name, "call_flow_status", (day, night), code, is_night)]


def _condition(row: Row, tables: Tables, targets: FusionTargets) -> Steps:
    draft, name = targets.draft, row.text("dialplan_name") or row.text("dialplan_number")
    found = tables.where("v_dialplan_details", dialplan_uuid=row.text("dialplan_uuid"))
    details = in_order(enabled(found, "dialplan_detail_enabled"))
    zone = ""
    pieces: list[tuple[TimeRule | None, Steps, Row]] = []
    otherwise: Steps = []
    for _, group in groupby(details, key=lambda each: each.whole("dialplan_detail_group")):
        rows = list(group)
        zone = _zone(rows) or zone
        steps = _actions(rows, name, targets)
        conditions = [each for each in rows if each.text("dialplan_detail_type") in _TIMES]
        if conditions and steps:
            pieces.append((_rule(conditions, name, draft), steps, conditions[0]))
        elif steps and not otherwise:
            otherwise = steps
    if not details and row.text("dialplan_xml"):
        draft.report.lost(
            row, name, "dialplan_xml", "the condition is XML without rows of v_dialplan_details", "write its hours"
        )
    return [*_joined(pieces, name, zone, draft), *otherwise]


def _joined(
    pieces: list[tuple[TimeRule | None, Steps, Row]], name: str, zone: str, draft: ImportDraft
) -> Iterator[dict[str, Any]]:
    """Groups in a row that lead to the same steps are one calendar."""
    known = [(rule, steps, row) for rule, steps, row in pieces if rule is not None]
    for _, same in groupby(known, key=lambda piece: piece[1]):
        parts = list(same)
        yield hours_step(
            draft, parts[0][2], name, "dialplan_detail_data", [part[0] for part in parts], zone, parts[0][1]
        )


def _zone(rows: list[Row]) -> str:
    texts = [row.text("dialplan_detail_data") for row in rows if row.text("dialplan_detail_tag") == "action"]
    return next((text.partition("=")[2] for text in texts if text.startswith("timezone=")), "")


def _actions(rows: list[Row], name: str, targets: FusionTargets) -> Steps:
    """The first action that goes somewhere; `set` prepares it."""
    for row in rows:
        app = row.text("dialplan_detail_type")
        if row.text("dialplan_detail_tag") in ("action", "anti-action") and app not in (
            "set",
            "export",
            "",
            "answer",
            "sleep",
        ):
            return targets.steps(row, name, "dialplan_detail_data", app, row.text("dialplan_detail_data"))
    return []


def _rule(rows: list[Row], name: str, draft: ImportDraft) -> TimeRule | None:
    fields: dict[str, Any] = {}
    for row in rows:
        kind, text = row.text("dialplan_detail_type"), row.text("dialplan_detail_data")
        try:
            fields |= field_of(kind, text)
        except ValueError:
            what = f"a time condition on `{kind}` that no calendar can have"
            draft.report.lost(row, name, "dialplan_detail_data", what, "write the hours into calendars.yaml")
            return None
    return TimeRule(**fields)


def field_of(kind: str, text: str) -> dict[str, Any]:
    """A condition as a field of `TimeRule`. Raises ValueError."""
    match kind:
        case "wday":
            for name, number in _DAYS.items():
                text = re.sub(rf"\b{name}\w*", str(number), text, flags=re.IGNORECASE)
            return {"weekdays": frozenset((day - 2) % 7 for day in numbers_in(text, 1, 7))}
        case "mday":
            return {"month_days": numbers_in(text, 1, 31)}
        case "mon":
            return {"months": numbers_in(text, 1, 12)}
        case "year":
            return {"years": numbers_in(text, 2000, 2100)}
        case "hour":
            return {
                "minutes": _pieces(
                    sorted(minute for hour in numbers_in(text, 0, 23) for minute in range(hour * 60, hour * 60 + 60))
                )
            }
        case "minute-of-day":
            return {"minutes": _minutes_of_day(text)}
        case "time-of-day":
            return {"minutes": clock_minutes(text)}
        case "date-time":
            first, _, last = text.partition("~")
            return {"between": (_moment(first), _moment(last or first))}
    raise ValueError(kind)


def _moment(text: str) -> datetime:
    return datetime.strptime(text.strip()[:16], "%Y-%m-%d %H:%M")


def _minutes_of_day(text: str) -> tuple[tuple[int, int], ...]:
    """FreeSWITCH counts from 1: 541 is 09:00. FusionPBX 4 wrote 540, a minute early, where its users meant 09:00."""
    first, _, last = text.partition("-")
    start, end = int(first), int(last or first)
    if not 0 <= start <= 1440 or not 0 <= end <= 1440:
        raise ValueError(text)
    start = start if start % 5 == 0 else start - 1
    return (
        ((start, end),) if start < end else tuple(piece for piece in ((0, end), (start, 1440)) if piece[0] < piece[1])
    )


def _pieces(minutes: list[int]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for minute in minutes:
        if found and found[-1][1] == minute:
            found[-1] = (found[-1][0], minute + 1)
        else:
            found.append((minute, minute + 1))
    return tuple(found)
