"""FusionPBX: ring groups."""

from __future__ import annotations

from functools import partial
from typing import Any

from routing.imports.draft import DraftScheme, Steps, ended
from routing.imports.fusion import FusionTargets, declared_by_number, enabled, played
from routing.imports.names import label
from routing.imports.people import email
from routing.imports.rows import Row, Tables

_ORDERS = {
    "simultaneous": "together",
    "enterprise": "together",
    "sequence": "in_order",
    "rollover": "in_order",
    "random": "random",
}
_LOST = {
    "ring_group_distinctive_ring": ("distinctive ringing", "phones show the group's name instead: `label`"),
    "ring_group_cid_number_prefix": ("a prefix before the caller's number", "write `label`"),
    "ring_group_exit_key": ("a key that leaves the group", "write a `queue` with `leave`"),
    "ring_group_wait_announcement": ("announcements while it rings", "write a `queue` with `announce`"),
}


def declare(tables: Tables, targets: FusionTargets) -> list[tuple[Row, DraftScheme]]:
    """A scheme for each ring group."""
    found = []
    for row in enabled(tables["v_ring_groups"], "ring_group_enabled"):
        found.append((row, declared_by_number(row, "ring_group", targets)))
        targets.grouped[row.text("ring_group_extension")] = partial(_inner_group, row, tables, targets)
    return found


def fill(declared: list[tuple[Row, DraftScheme]], tables: Tables, targets: FusionTargets) -> None:
    """The steps of each."""
    for row, scheme in declared:
        scheme.steps = ended(_group(row, scheme, tables, targets))


def _group(row: Row, scheme: DraftScheme, tables: Tables, targets: FusionTargets) -> Steps:
    name, report = row.text("ring_group_name"), targets.draft.report
    if row.flag("ring_group_forward_enabled") and row.text("ring_group_forward_destination"):
        report.changed(
            row, name, "ring_group_forward_destination", "the group is forwarded: it rings nobody of its own"
        )
        return targets.steps(
            row, name, "ring_group_forward_destination", "transfer", row.text("ring_group_forward_destination")
        )
    _lost(row, name, targets)
    mail = email(row.text("ring_group_missed_call_data")) if row.text("ring_group_missed_call_app") == "email" else ""
    scheme.notify = [mail] if mail else []
    steps = played(row, "ring_group_greeting", targets)
    settings = _ring(row, name, tables, targets)
    steps += [{"ring": settings}] if settings else []
    app, data = row.text("ring_group_timeout_app"), row.text("ring_group_timeout_data")
    return [*steps, *targets.steps(row, name, "ring_group_timeout_data", app, data)] if app else steps


def _lost(row: Row, name: str, targets: FusionTargets) -> None:
    for column, (what, remedy) in _LOST.items():
        if row.text(column):
            targets.draft.report.lost(row, name, column, what, remedy)
    if "local_stream" in row.text("ring_group_ringback") or ".wav" in row.text("ring_group_ringback"):
        remedy = "write `music:` into the ring step"
        targets.draft.report.lost(row, name, "ring_group_ringback", "music instead of the ringing tone", remedy)


def _inner_group(row: Row, tables: Tables, targets: FusionTargets) -> str:
    """The members of a group that another group rings."""
    name, draft = row.text("ring_group_name"), targets.draft
    follows = row.flag("ring_group_follow_me_enabled")
    members = [found for each in _destinations(row, tables) if (found := _member(each, name, follows, targets))]
    if not members:
        return ""
    draft.report.changed(
        row, name, "ring_group_name", "a group inside a group rings at once: its own times are not kept"
    )
    group = draft.new_name("person", name, "group")
    draft.groups[group] = (members, f"ring group {row.text('ring_group_extension')}, inside another one")
    return group


def _destinations(row: Row, tables: Tables) -> list[Row]:
    found = tables.where("v_ring_group_destinations", ring_group_uuid=row.text("ring_group_uuid"))
    return sorted(enabled(found, "destination_enabled"), key=lambda each: (each.whole("destination_delay"), each.line))


def _ring(row: Row, name: str, tables: Tables, targets: FusionTargets) -> dict[str, Any]:
    follows = row.flag("ring_group_follow_me_enabled")
    order = _ORDERS.get(row.text("ring_group_strategy", "simultaneous"))
    if order is None:
        what = "a ring strategy that does not exist here: all ring together"
        targets.draft.report.changed(row, name, "ring_group_strategy", what, "write `order` into the ring step")
    elif row.text("ring_group_strategy") == "rollover":
        what = "`rollover` passed busy members by: they ring in their turn"
        targets.draft.report.changed(row, name, "ring_group_strategy", what, "`only: free` in the ring step")
    members = [(found, each) for each in _destinations(row, tables) if (found := _member(each, name, follows, targets))]
    if not members:
        targets.draft.report.lost(row, name, "ring_group_name", "the group rings nobody", "write whom it rings")
        return {}
    is_together = (order or "together") == "together"
    members = _in_time(row, name, members, targets) if is_together else members
    settings: dict[str, Any] = {"to": [_entry(who, each, is_together) for who, each in members]}
    if not is_together:
        settings["order"] = order
    lengths = [
        (each.whole("destination_delay") if is_together else 0) + (each.whole("destination_timeout") or 30)
        for _, each in members
    ]
    settings["for"] = f"{min(max(lengths), 300)}s"
    if len({length for _, each in members for length in (each.whole("destination_timeout") or 30,)}) == 1:
        settings["to"] = [_without_length(entry) for entry in settings["to"]]
    at_most = row.whole("ring_group_call_timeout")
    first_s = min(each.whole("destination_delay") for _, each in members) if is_together else 0
    if first_s < at_most < (max(lengths) if is_together else sum(lengths)):
        settings["at_most"] = f"{at_most}s"
    if any(each.flag("destination_prompt") for _, each in members):
        settings["confirm"] = "1"
    if shown := label(row.text("ring_group_cid_name_prefix")):
        settings["label"] = shown
    return settings


def _in_time(row: Row, name: str, members: list[tuple[str, Row]], targets: FusionTargets) -> list[tuple[str, Row]]:
    """Members who begin to ring before the group's time is over; all of them when nobody would."""
    at_most = row.whole("ring_group_call_timeout") or 300
    late = [each for _, each in members if each.whole("destination_delay") >= at_most]
    if len(late) == len(members):
        return members
    for each in late:
        what = "a delay longer than the group rings: this member never rang"
        targets.draft.report.lost(each, name, "destination_delay", what, "write a shorter `after`")
    return [(who, each) for who, each in members if each not in late]


def _member(row: Row, group: str, follows: bool, targets: FusionTargets) -> str:
    number = row.text("destination_number")
    found = targets.rung(number)
    if not found:
        what = "a member that is neither an extension nor an outside number"
        targets.draft.report.lost(row, group, "destination_number", what, "name the people of that group or queue")
        return ""
    person = found.removesuffix(".desk")
    known = targets.draft.people.get(person)
    is_desk_alone = known is not None and list(known.phones) == ["desk"]
    return person if follows or is_desk_alone else found


def _entry(who: str, row: Row, is_together: bool) -> Any:
    delay = row.whole("destination_delay") if is_together else 0
    length = row.whole("destination_timeout")
    settings = {**({"after": f"{delay}s"} if delay else {}), **({"for": f"{length}s"} if length else {})}
    return {who: settings} if settings else who


def _without_length(entry: Any) -> Any:
    """Every member rings as long as the step says."""
    if isinstance(entry, str):
        return entry
    ((who, settings),) = entry.items()
    return {who: f"after {settings['after']}"} if "after" in settings else who
