"""FusionPBX: destinations, which are the company's numbers, and gateways."""

from __future__ import annotations

import json
import re

from routing.imports.draft import ImportDraft, Steps, ended
from routing.imports.fusion import FusionTargets, enabled, in_order
from routing.imports.people import host
from routing.imports.rows import Row, Tables
from routing.imports.trunks import Trunk, add_trunk

#: Dialplans of inbound routes.
INBOUND_ROUTES = "c03b422e-13a8-bd1b-e42b-b6b9b4d27ce4"
_LOST = {
    "destination_cid_name_prefix": ("a prefix before the caller's name", "write `label` into the ring steps"),
    "destination_conditions": ("conditions on the caller", "write a step `match`"),
    "destination_hold_music": ("music on hold of its own", "write `music` into the scheme"),
    "destination_distinctive_ring": ("distinctive ringing", "write `label` into the ring steps"),
    "fax_uuid": ("reception of faxes", "keep a fax server for this number"),
}


def numbers(tables: Tables, targets: FusionTargets) -> None:
    """Each number, in the scheme to which it leads."""
    for row in enabled(tables["v_destinations"], "destination_enabled"):
        if row.text("destination_type", "inbound") == "inbound":
            _number(row, targets)
    _routes(tables, targets)


def _routes(tables: Tables, targets: FusionTargets) -> None:
    """Inbound routes that were written by hand: dialplans that no destination has made."""
    made = {row.text("dialplan_uuid") for row in tables["v_destinations"]}
    for row in enabled(tables.where("v_dialplans", app_uuid=INBOUND_ROUTES), "dialplan_enabled"):
        if row.text("dialplan_uuid") not in made:
            details = tables.where("v_dialplan_details", dialplan_uuid=row.text("dialplan_uuid"))
            _route(row, in_order(enabled(details, "dialplan_detail_enabled")), targets)


def _route(row: Row, details: list[Row], targets: FusionTargets) -> None:
    draft, name, data = targets.draft, row.text("dialplan_name"), "dialplan_detail_data"
    kinds = {each.text("dialplan_detail_type"): each for each in reversed(details)}
    condition = kinds.get("destination_number", row)
    number = _readable(condition.text(data), "", "", draft)
    action = next((each for app, each in kinds.items() if app in ("transfer", "bridge", "hangup", "lua")), None)
    if not number or action is None or any(number in scheme.numbers for scheme in draft.schemes.values()):
        what = "an inbound route whose number or action cannot be read, or is there already"
        draft.report.lost(condition, name, data, what, "write the number into `numbers` of its scheme and gateway")
        return
    steps = targets.steps(action, name, data, action.text("dialplan_detail_type"), action.text(data))
    draft.lead(number, f"inbound route {name}", name, ended(steps))


def _number(row: Row, targets: FusionTargets) -> None:
    draft, written = targets.draft, row.text("destination_number")
    number = _e164(row, draft)
    if not number:
        what = "the number cannot be read as one of the country"
        draft.report.lost(row, written, "destination_number", what, "write it into `numbers` of its scheme and gateway")
    elif any(number in scheme.numbers for scheme in draft.schemes.values()):
        draft.report.lost(
            row, written, "destination_number", "the number is there twice: the first one counts", "look which is right"
        )
        return
    for column, (what, remedy) in _LOST.items():
        if row.text(column) not in ("", "[]", "null", "{}"):
            draft.report.lost(row, written, column, what, remedy)
    steps = ended(_actions(row, written, targets))
    record = "both" if row.flag("destination_record") else ""
    title = row.text("destination_description") or f"number {written}"
    draft.lead(number, f"destination {written} {row.text('destination_description')}", title, steps, record)


def _e164(row: Row, draft: ImportDraft) -> str:
    """The number as written, or behind its prefixes."""
    prefix, area = row.text("destination_prefix").lstrip("+"), row.text("destination_area_code")
    return _readable(row.text("destination_number"), prefix, area, draft)


def _readable(text: str, prefix: str, area: str, draft: ImportDraft) -> str:
    r"""A number, also inside an expression that takes it with and without its plus: ``^\+?1?(2125550123)$``."""
    plain = re.sub(r"\\\+\??|\+\?|1\?|[\^$()\s.-]", "", text)
    tries = [f"+{prefix}{area}{plain.lstrip('+')}"] if prefix else []
    tries += [f"{area}{plain}", plain, f"+{plain.lstrip('+')}"]
    return next((found for each in tries if re.fullmatch(r"\+?\d{5,15}", each) and (found := draft.number(each))), "")


def _actions(row: Row, key: str, targets: FusionTargets) -> Steps:
    listed = row.text("destination_actions")
    if not listed or listed in ("[]", "null"):
        app, data = row.text("destination_app"), row.text("destination_data")
        return targets.steps(row, key, "destination_data", app, data) if app else []
    try:
        actions = [(str(each["destination_app"]), str(each["destination_data"])) for each in json.loads(listed) if each]
    except (ValueError, KeyError, TypeError, RecursionError):
        targets.draft.report.lost(
            row, key, "destination_actions", "actions that are no JSON", "write the scheme's steps"
        )
        return []
    steps: Steps = []
    for app, data in actions:
        if app and app not in ("set", "answer", "export") and not (steps and "play" not in steps[-1]):
            steps += targets.steps(row, key, "destination_actions", app, data)
    return steps


def gateways(tables: Tables, draft: ImportDraft) -> None:
    """The trunks."""
    for row in enabled(tables["v_gateways"], "enabled"):
        name = row.text("gateway")
        proxy = host(row.text("proxy"))
        if not proxy:
            draft.report.lost(
                row, name, "proxy", "the trunk's address is no host", "write the gateway into project.yaml"
            )
            continue
        trunk = Trunk(
            name, proxy, row.text("username"), row.flag("register"), row.text("register_transport"), row.text("realm"),
            password=row.text("password"),
        )  # fmt: skip
        add_trunk(draft, row, "password", trunk)
