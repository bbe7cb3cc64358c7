"""FusionPBX: extensions, voicemail boxes, follow-me and forwarding as people with their phones."""

from __future__ import annotations

import re

from routing.imports.draft import DraftPerson, ImportDraft, Steps
from routing.imports.fusion import FusionTargets, enabled
from routing.imports.names import safe
from routing.imports.passwords import OldPassword, keep_password
from routing.imports.people import email, set_account
from routing.imports.rows import Row, Tables
from routing.model.secret import password_name

#: Settings of an extension without a counterpart: column -> (values that mean nothing, what it did, what to do).
_LOST = {
    "toll_allow": ("its own permission to call outside", "`destinations` of the project holds for everybody"),
    "user_record": ("its own recording", "write `record: both` into schemes, or into the project"),
    "call_screen_enabled": ("call screening", 'write `confirm: "1"` in the steps that ring'),
    "forward_busy_destination": ("forwarding when busy", "write a `ring` step behind the person's"),
    "forward_user_not_registered_destination": (
        "forwarding without registration",
        "write a `ring` step behind the person's",
    ),
    "missed_call_data": ("notices of missed calls", "write `notify` into the schemes that ring the person"),
}


def people(tables: Tables, targets: FusionTargets) -> None:
    """Everybody, and what a call for their number does."""
    boxes = {row.text("voicemail_id"): row for row in enabled(tables["v_voicemails"], "voicemail_enabled")}
    rows = enabled(tables["v_extensions"], "enabled")
    for row in rows:
        _person(row, boxes, tables, targets)
    for row in rows:
        _follow_me(row, tables, targets)
        _forward_all(row, targets)
    for box, row in boxes.items():
        if box not in targets.boxes:
            targets.boxes[box] = lambda row=row: _shared_box(row, targets.draft)  # type: ignore[misc]


def _person(row: Row, boxes: dict[str, Row], tables: Tables, targets: FusionTargets) -> None:
    draft, extension = targets.draft, row.text("extension")
    given = f"{row.text('directory_first_name')} {row.text('directory_last_name')}".strip()
    name = safe(given or row.text("effective_caller_id_name") or row.text("description") or extension)
    person = DraftPerson(draft.new_name("person", name, "person"), name or extension, f"extension {extension}")
    set_account(draft, person, row, "extension", extension)
    if not person.phones:
        return
    keep_password(draft, password_name(extension), OldPassword(row, "password", extension, row.text("password")))
    person.ring_s = min(max(row.whole("call_timeout", 30) or 30, 5), 300)
    box = boxes.get(extension) or boxes.get(row.text("number_alias"))
    if box:
        person.has_voicemail = True
        person.mails = [mail for mail in map(email, re.split(r"[,;\s]+", box.text("voicemail_mail_to"))) if mail]
        if row.text("greeting_id"):
            draft.report.lost(
                box, box.text("voicemail_id"), "greeting_id", "recorded greetings", "name the file in `voicemail`"
            )
    person.email = next(iter(person.mails), "") or _user_email(row, tables)
    for column, (what, remedy) in _LOST.items():
        switch = column.replace("_destination", "_enabled")
        is_on = (
            row.flag(switch)
            if switch != column and switch in row.values
            else row.text(column).lower() not in ("", "false", "none")
        )
        if is_on:
            draft.report.lost(row, extension, column, f"{what} of an extension", remedy)
    draft.people[person.id] = person
    for number in filter(None, (extension, row.text("number_alias"))):
        targets.inside.setdefault(number, lambda: draft.ring_person(person))
        targets.ringing.setdefault(number, f"{person.id}.desk")
        if box:
            targets.boxes[number] = lambda: draft.voicemail(person)


def _user_email(row: Row, tables: Tables) -> str:
    for link in tables.where("v_extension_users", extension_uuid=row.text("extension_uuid")):
        for user in tables.where("v_users", user_uuid=link.text("user_uuid")):
            if found := email(user.text("user_email")):
                return found
    return ""


def _shared_box(row: Row, draft: ImportDraft) -> Steps:
    mails = [mail for mail in map(email, re.split(r"[,;\s]+", row.text("voicemail_mail_to"))) if mail]
    return [{"voicemail": {"box": f"box_{row.text('voicemail_id')}", **({"notify": mails} if mails else {})}}]


def _follow_me(row: Row, tables: Tables, targets: FusionTargets) -> None:
    draft = targets.draft
    person = _of(row, targets)
    uuid = row.text("follow_me_uuid")
    plan = next(iter(tables.where("v_follow_me", follow_me_uuid=uuid)), None) if uuid else None
    is_on = row.flag("follow_me_enabled", default=plan.flag("follow_me_enabled") if plan else False)
    if person is None or not uuid or not is_on:
        return
    ring: list[object] = []
    rows = tables.where("v_follow_me_destinations", follow_me_uuid=uuid)
    for each in sorted(rows, key=lambda found: (found.whole("follow_me_order"), found.line)):
        if phone := _follow_me_phone(each, row.text("extension"), person, draft):
            ring.append(_ring_entry(phone, each.whole("follow_me_delay"), each.whole("follow_me_timeout")))
    if ring:
        person.ring = ring
        ends = [each.whole("follow_me_delay") + each.whole("follow_me_timeout") for each in rows]
        person.ring_s = min(max([person.ring_s, *ends]), 300)


def _follow_me_phone(row: Row, own: str, person: DraftPerson, draft: ImportDraft) -> str:
    destination = row.text("follow_me_destination")
    if destination == own:
        return "desk"
    number = draft.number(destination)
    if not number:
        what = "follow-me to something that is no outside number"
        draft.report.lost(row, own, "follow_me_destination", what, "ring that person in the schemes too")
        return ""
    name = "mobile" if "mobile" not in person.phones else f"mobile{len(person.phones)}"
    person.phones[name] = {"number": number, **({"confirm": "1"} if row.flag("follow_me_prompt") else {})}
    return name


def _ring_entry(phone: str, delay: int, timeout: int) -> object:
    settings = {**({"after": f"{delay}s"} if delay else {}), **({"for": f"{timeout}s"} if timeout else {})}
    return {phone: settings} if settings else phone


def forwarding(tables: Tables, targets: FusionTargets) -> None:
    """Where calls go that somebody does not answer, when every number is known."""
    for row in enabled(tables["v_extensions"], "enabled"):
        _forward_unanswered(row, targets)


def _forward_all(row: Row, targets: FusionTargets) -> None:
    draft, person = targets.draft, _of(row, targets)
    if person is None:
        return
    extension = row.text("extension")
    if row.flag("forward_all_enabled") and row.text("forward_all_destination"):
        number = draft.number(row.text("forward_all_destination"))
        if number:
            person.phones["forward"] = {"number": number}
            person.ring = ["forward"]
            what = "all calls are forwarded: the person's `ring` names that phone alone"
            draft.report.changed(
                row, extension, "forward_all_destination", what, "remove `ring` to ring the desk again"
            )
        else:
            what = "forwarding of all calls to a number inside"
            draft.report.lost(row, extension, "forward_all_destination", what, "name that person in the schemes")
    if row.flag("do_not_disturb"):
        what = "the extension is on do-not-disturb now"
        draft.report.todo(row, extension, "do_not_disturb", what, "`routing dnd on NAME` for whom it still holds")


def _forward_unanswered(row: Row, targets: FusionTargets) -> None:
    person, column = _of(row, targets), "forward_no_answer_destination"
    if person and row.flag("forward_no_answer_enabled") and row.text(column):
        person.unanswered = targets.steps(row, row.text("extension"), column, "transfer", row.text(column))


def _of(row: Row, targets: FusionTargets) -> DraftPerson | None:
    name = targets.ringing.get(row.text("extension"), "").partition(".")[0]
    return targets.draft.people.get(name)
