"""FreePBX: incoming routes and trunks."""

from __future__ import annotations

import re

from routing.imports.draft import Steps, ended
from routing.imports.freepbx_targets import FreepbxTargets
from routing.imports.people import host
from routing.imports.rows import Row, Tables
from routing.imports.trunks import Trunk, add_trunk

_LOST = {
    "grppre": ("a prefix before the caller's name", "write `label` into the ring steps"),
    "alertinfo": ("distinctive ringing", "write `label` into the ring steps"),
    "privacyman": (
        "the privacy manager, which asks hidden callers for their number",
        "write a step `match` with `anonymous`",
    ),
    "delay_answer": ("a pause before the call is taken", "it has no counterpart"),
}


def numbers(tables: Tables, targets: FreepbxTargets) -> None:
    """Each number, in the scheme to which it leads; routes for single callers stand before the one for all."""
    by_number: dict[str, list[Row]] = {}
    for row in tables["incoming"]:
        by_number.setdefault(row.text("extension"), []).append(row)
    for written, rows in by_number.items():
        _number(written, rows, targets)


def _number(written: str, rows: list[Row], targets: FreepbxTargets) -> None:
    draft = targets.draft
    number = draft.number(written) or draft.number(f"+{written.lstrip('+')}")
    for row in rows:
        for column, (what, remedy) in _LOST.items():
            if row.text(column) not in ("", "0"):
                draft.report.lost(row, written, column, what, remedy)
    if not number:
        what = (
            "no whole number of the country: a route for every number, or a pattern"
            if written
            else "the route for every number"
        )
        draft.report.lost(
            rows[0], written or "any", "extension", what, "write the numbers into `numbers` of its scheme and gateway"
        )
    elif any(number in scheme.numbers for scheme in draft.schemes.values()):
        draft.report.lost(
            rows[0], written, "extension", "the number is there twice: the first one counts", "look which is right"
        )
        return
    steps: Steps = []
    for row in rows:
        if caller := row.text("cidnum"):
            steps += _for_caller(row, caller, written, targets)
    general = next((row for row in rows if not row.text("cidnum")), None)
    if general is not None:
        steps += targets.steps(general, written or "any", "destination")
    title = (general or rows[0]).text("description") or f"number {written or 'any'}"
    draft.lead(number, f"incoming route {written or 'for every number'} {title}", title, ended(steps))


def _for_caller(row: Row, caller: str, written: str, targets: FreepbxTargets) -> Steps:
    steps = targets.steps(row, written, "destination")
    if found := _prefix(caller, targets):
        return [{"match": [{"when": {"caller": [found]}, "steps": steps}]}]
    what = "a route for callers that cannot be read as a number or its start"
    targets.draft.report.lost(row, f"{written}/{caller}", "cidnum", what, "write a step `match`")
    return []


def _prefix(caller: str, targets: FreepbxTargets) -> str:
    """``0501234567``, or the start of numbers in a pattern: ``_+38050X.``"""
    if found := targets.outside(caller):
        return found
    pattern = re.fullmatch(r"_(\+\d{2,14})[XZN.!]+", caller)
    return pattern[1] if pattern else ""


def trunks(tables: Tables, targets: FreepbxTargets) -> None:
    """The trunks."""
    settings: dict[str, dict[str, str]] = {}
    for table in ("sip", "pjsip"):
        for row in tables[table]:
            key = row.text("id").removeprefix("tr-peer-").removeprefix("tr-reg-").removeprefix("tr-user-")
            settings.setdefault(f"{table} {key}", {})[row.text("keyword")] = row.text("data")
    for row in tables["trunks"]:
        if row.text("disabled", "off") != "on":
            _trunk(row, settings, targets)


def _trunk(row: Row, settings: dict[str, dict[str, str]], targets: FreepbxTargets) -> None:
    name, tech = row.text("name") or row.text("channelid"), row.text("tech")
    found = settings.get(f"{tech} {row.text('trunkid')}", {}) if tech in ("sip", "pjsip") else {}
    server = found.get("sip_server") or found.get("host") or ""
    port = found.get("sip_server_port", "")
    proxy = host(server + (f":{port}" if port and port != "5060" else ""))
    if not proxy or server == "dynamic":
        remedy = "write the gateway into project.yaml"
        targets.draft.report.lost(row, name, "tech", f"a trunk of the kind `{tech[:20]}` without a SIP host", remedy)
        return
    registers = found.get("registration", "none") == "send" or tech == "sip"
    transport = found.get("transport", "").rpartition("-")[2]
    trunk = Trunk(name, proxy, found.get("username", ""), registers, transport, password=found.get("secret", ""))
    add_trunk(targets.draft, row, "channelid", trunk)
