"""FreePBX: ring groups and queues."""

from __future__ import annotations

import re
from typing import Any

from routing.imports.draft import DraftScheme, Steps, ended
from routing.imports.freepbx_targets import FreepbxTargets
from routing.imports.names import label
from routing.imports.rows import Row, Tables

_ORDERS = {
    "ringall": "together", "hunt": "in_order", "memoryhunt": "memory", "firstavailable": "first",
    "firstnotonphone": "first", "random": "random",
}  # fmt: skip
_QUEUE_ORDERS = {
    "ringall": "together", "leastrecent": "longest_idle", "fewestcalls": "fewest_calls", "random": "random",
    "wrandom": "random", "rrmemory": "round_robin", "rrordered": "round_robin", "roundrobin": "round_robin",
    "linear": "in_order",
}  # fmt: skip
_LOST = {
    "alertinfo": ("distinctive ringing", "phones show the group's name instead: `label`"),
    "toolate_id": ("a message for whom picked up too late", "it is not needed: the phone stops ringing"),
    "rvolume": ("the ring volume", "phones set it themselves"),
    "changecid": ("another caller ID on outside phones", "write `caller_id` into the ring step"),
}
_MEMBER = re.compile(r"(?:Local|PJSIP|SIP|Agent)/(\d+)(?:@|,|/|$)", re.IGNORECASE)


def declare(tables: Tables, targets: FreepbxTargets) -> list[tuple[Row, DraftScheme]]:
    """A scheme for each ring group and each queue."""
    found = []
    for table, number, name, kind in (
        ("ringgroups", "grpnum", "description", "group"),
        ("queues_config", "extension", "descr", "queue"),
    ):
        for row in tables[table]:
            source = f"{kind} {row.text(number)} {row.text(name)}"
            scheme = targets.draft.scheme(row.text(name) or source, source, f"{kind}s")
            _point(targets, kind, row.text(number), scheme.id)
            found.append((row, scheme))
    return found


def _point(targets: FreepbxTargets, kind: str, number: str, scheme: str) -> None:
    targets.known[kind, number] = lambda: [{"scheme": scheme}]


def fill(declared: list[tuple[Row, DraftScheme]], tables: Tables, targets: FreepbxTargets) -> None:
    """The steps of each."""
    for row, scheme in declared:
        scheme.steps = ended(
            _group(row, scheme, targets) if row.table == "ringgroups" else _queue(row, tables, targets)
        )


def _group(row: Row, scheme: DraftScheme, targets: FreepbxTargets) -> Steps:
    number, report = row.text("grpnum"), targets.draft.report
    if row.text("recording") in ("force", "yes", "always"):
        scheme.record = "both"
    for column, (what, remedy) in _LOST.items():
        if row.text(column) not in ("", "0", "default"):
            report.lost(row, number, column, what, remedy)
    if row.text("ringing", "Ring") not in ("Ring", "none"):
        report.lost(row, number, "ringing", "music instead of the ringing tone", "write `music:` into the ring step")
    steps: Steps = [{"play": sound}] if (sound := targets.recording(row.text("annmsg_id"))) else []
    members = [found for each in row.text("grplist").split("-") if (found := _member(row, each.strip(), targets))]
    if members:
        steps.append({"ring": _ring(row, members, targets)})
    else:
        report.lost(row, number, "grplist", "the group rings nobody", "write whom it rings")
    return [*steps, *targets.steps(row, number, "postdest")] if row.text("postdest") else steps


def _member(row: Row, text: str, targets: FreepbxTargets) -> str:
    """``101`` rings the extension, ``101#`` its follow-me too, ``0501234567#`` an outside number."""
    number = text.rstrip("#")
    person = targets.person(number)
    if person:
        has_outside = any("number" in phone for phone in targets.draft.people[person].phones.values())
        return f"{person}.desk" if has_outside and not text.endswith("#") else person
    outside = targets.outside(number) if number else ""
    if outside:
        return targets.draft.outside(outside, "rung by a group")
    if number:
        what = f"the member `{number[:20]}` is neither an extension nor an outside number"
        targets.draft.report.lost(row, row.text("grpnum"), "grplist", what, "name the people of that group or queue")
    return ""


def _ring(row: Row, members: list[str], targets: FreepbxTargets) -> dict[str, Any]:
    number, report = row.text("grpnum"), targets.draft.report
    strategy = row.text("strategy", "ringall")
    order = _ORDERS.get(strategy.removesuffix("-prim"), "together")
    length = min(row.whole("grptime", 20) or 20, 300)
    members = list(dict.fromkeys(members))
    settings: dict[str, Any] = {"to": members, "for": f"{length}s"}
    if strategy.endswith("-prim"):
        report.changed(
            row,
            number,
            "strategy",
            "the others ring also when the first phone is busy",
            "read `routing reference ring`",
        )
    if order == "memory":
        report.changed(row, number, "strategy", "`memoryhunt` adds a phone every ring time, and none rings anew")
        settings |= {"delay": f"{length}s", "for": f"{min(length * len(members), 300)}s"}
    elif order == "first":
        report.changed(
            row,
            number,
            "strategy",
            "the first free phone rings, and then the next one",
            "read `routing reference ring`",
        )
        settings |= {"order": "in_order", "only": "free"}
    elif order != "together":
        settings["order"] = order
    if row.text("cwignore") == "CHECKED" and order in ("together", "in_order", "memory"):
        settings["only"] = "free"
        settings.pop("delay", None)
    if row.text("needsconf") == "CHECKED":
        settings["confirm"] = "1"
        if prompt := targets.recording(row.text("remotealert_id")):
            settings["confirm_prompt"] = prompt
    if shown := label(row.text("grppre")):
        settings["label"] = shown
    return settings


def _queue(row: Row, tables: Tables, targets: FreepbxTargets) -> Steps:
    number = row.text("extension")
    details = tables.where("queues_details", id=number)
    details.sort(key=lambda each: (each.whole("flags"), each.line))
    people = [
        found for each in details if each.text("keyword") == "member" and (found := _agent(each, number, targets))
    ]
    settings = {each.text("keyword"): each for each in details if each.text("keyword") != "member"}
    steps: Steps = [{"play": sound}] if (sound := targets.recording(row.text("joinannounce_id"))) else []
    after = targets.steps(row, number, "dest") if row.text("dest") else []
    for each in tables.where("queues_details", id=number, keyword="dynmembers"):
        targets.draft.report.lost(
            each, number, "data", "dynamic members, who sign in", "name them in `to`, with `sign_in: true`"
        )
    if not people:
        targets.draft.report.lost(row, number, "extension", "the queue has no static members", "write whom it rings")
        return [*steps, *after]
    queue = _queue_settings(row, list(dict.fromkeys(people)), settings, targets)
    return [*steps, {"queue": queue}, *after]


def _queue_settings(row: Row, people: list[str], details: dict[str, Row], targets: FreepbxTargets) -> dict[str, Any]:
    number, report = row.text("extension"), targets.draft.report
    found: dict[str, Any] = {"to": people}
    strategy = details["strategy"].text("data") if "strategy" in details else "ringall"
    found["order"] = _QUEUE_ORDERS.get(strategy, "longest_idle")
    if strategy not in _QUEUE_ORDERS or strategy == "wrandom":
        report.changed(
            details["strategy"],
            number,
            "data",
            f"the strategy is `order: {found['order']}`",
            "read `routing reference queue`",
        )
    longest = row.whole("maxwait")
    if longest:
        found["at_most"] = f"{min(longest, 7200)}s"
    else:
        report.changed(row, number, "maxwait", "callers waited without an end: ten minutes now", "write `at_most`")
    for keyword, setting in (("timeout", "for"), ("wrapuptime", "wrap_up")):
        if keyword in details and (seconds := details[keyword].whole("data")):
            found[setting] = f"{min(seconds, 300)}s"
    if "maxlen" in details and (size := details["maxlen"].whole("data")):
        found["size"] = size
    return found | _queue_extras(row, details, targets)


def _queue_extras(row: Row, details: dict[str, Row], targets: FreepbxTargets) -> dict[str, Any]:
    """What phones show and people hear, and what is lost."""
    number, report = row.text("extension"), targets.draft.report
    found: dict[str, Any] = {}
    if shown := label(row.text("grppre")):
        found["label"] = shown
    if whisper := targets.recording(row.text("agentannounce_id")):
        found["whisper"] = whisper
    if row.text("callconfirm") == "1":
        found["confirm"] = "1"
    if row.text("ivr_id") not in ("", "none", "0"):
        report.lost(row, number, "ivr_id", "a menu for waiting callers", "write `leave` with its keys")
    for keyword in ("announce-position", "announce-holdtime"):
        if keyword in details and details[keyword].text("data") in ("yes", "once"):
            report.lost(
                details[keyword],
                number,
                "data",
                f"announcements of waiting callers ({keyword})",
                "write `announce: {spoken: ...}`",
            )
    return found


def _agent(row: Row, queue: str, targets: FreepbxTargets) -> str:
    member = _MEMBER.match(row.text("data"))
    person = targets.person(member[1]) if member else ""
    if person:
        return person
    outside = targets.outside(member[1]) if member else ""
    if outside:
        return targets.draft.outside(outside, "rung by a queue")
    targets.draft.report.lost(row, queue, "data", "a member that is no extension", "name the person in the queue")
    return ""
