"""FreePBX: users and devices as people, with follow-me."""

from __future__ import annotations

import re
from typing import Any

from routing.imports.draft import DraftPerson, ImportDraft
from routing.imports.freepbx_targets import FreepbxTargets
from routing.imports.names import safe
from routing.imports.passwords import OldPassword, keep_password
from routing.imports.people import account, email, is_used, set_account
from routing.imports.rows import Row, Tables
from routing.model.secret import password_name

_SIP = frozenset({"pjsip", "sip", ""})


def people(tables: Tables, targets: FreepbxTargets) -> None:
    """Everybody, and what a call for their number does."""
    mails = {row.text("default_extension"): row.text("email") for row in tables["userman_users"]}
    for row in tables["users"]:
        _person(row, mails, tables, targets)
    for row in tables["findmefollow"]:
        _follow_me(row, targets)
    if any(person.has_voicemail for person in targets.draft.people.values()):
        note = "voicemail.conf is no part of the database: notices of voicemails go to the addresses of User Management"
        targets.draft.report.notes.append(note)


def _person(row: Row, mails: dict[str, str], tables: Tables, targets: FreepbxTargets) -> None:
    draft, extension = targets.draft, row.text("extension")
    name = safe(row.text("name") or extension)
    person = DraftPerson(draft.new_name("person", name, "person"), name or extension, f"extension {extension}")
    devices = [each for each in tables["devices"] if each.text("user") == extension]
    accounts = [each for each in devices if each.text("tech") in _SIP]
    for each in devices:
        if each.text("tech") not in _SIP:
            what, remedy = "a phone that speaks no SIP", "give the person a SIP account"
            draft.report.lost(each, each.text("id"), "tech", what, remedy)
    if devices and not accounts:
        return
    if not devices and tables["devices"]:
        what = "a virtual extension has a SIP account here, which nobody needs to register"
        draft.report.changed(row, extension, "extension", what)
    set_account(draft, person, row, "extension", extension)
    if not person.phones:
        return
    names = list(dict.fromkeys(found for each in accounts if (found := account(each.text("id"), draft.country))))
    names.sort(key=lambda each: each != extension)
    free = [each for each in names if not is_used(draft, each)] or [extension]
    person.phones = {"desk" if at == 0 else f"desk{at + 1}": {"sip": each} for at, each in enumerate(free)}
    for name in free:
        _password(name, tables, draft)
    person.email = email(mails.get(extension, ""))
    person.has_voicemail = row.text("voicemail", "novm") not in ("novm", "disabled")
    person.ring_s = min(row.whole("ringtimer") or 20, 300)
    draft.people[person.id] = person
    targets.known["person", extension] = lambda: draft.ring_person(person)
    targets.known["extension", extension] = lambda: _desk_only(draft, person)
    if person.has_voicemail:
        targets.known["voicemail", extension] = lambda: draft.voicemail(person)


def _password(account_name: str, tables: Tables, draft: ImportDraft) -> None:
    for table in ("sip", "pjsip"):
        for row in tables.where(table, id=account_name, keyword="secret"):
            old = OldPassword(row, "data", account_name, row.text("data"))
            if keep_password(draft, password_name(account_name), old):
                return


def _desk_only(draft: ImportDraft, person: DraftPerson) -> list[dict[str, Any]]:
    """``ext-local`` rings the extension without its follow-me."""
    steps = draft.ring_person(person)
    if person.ring:
        steps[0]["ring"]["to"] = f"{person.id}.desk"
    return steps


def unanswered(tables: Tables, targets: FreepbxTargets) -> None:
    """Where calls go that somebody does not answer, when every destination is known."""
    for row in tables["users"]:
        _unanswered(row, targets)


def _unanswered(row: Row, targets: FreepbxTargets) -> None:
    person = targets.draft.people.get(targets.person(row.text("extension")))
    if person is None:
        return
    if row.text("noanswer_dest"):
        person.unanswered = targets.steps(row, row.text("extension"), "noanswer_dest")
    for column in ("busy_dest", "chanunavail_dest"):
        if row.text(column) and row.text(column) != row.text("noanswer_dest"):
            what = "another destination when the person is busy or away"
            targets.draft.report.lost(row, row.text("extension"), column, what, "callers go where unanswered calls go")


def _follow_me(row: Row, targets: FreepbxTargets) -> None:
    draft, extension = targets.draft, row.text("grpnum")
    person = draft.people.get(targets.person(extension))
    listed = [each for each in re.split(r"[-\n]", row.text("grplist")) if each.strip()]
    if person is None or not [each for each in listed if each.rstrip("#") != extension]:
        return
    phones = [phone for each in listed if (phone := _phone(row, each.strip(), person, targets))]
    if not phones:
        return
    _set_ring(person, phones, row)
    what = "whether follow-me was on stands in Asterisk's own database: it is on here"
    draft.report.changed(row, extension, "grplist", what, "remove the person's `ring` where it was off")
    if row.flag("calendar_enable"):
        draft.report.lost(row, extension, "calendar_id", "follow-me by a calendar", "ring the mobile in a step `hours`")


def _phone(row: Row, member: str, person: DraftPerson, targets: FreepbxTargets) -> str:
    extension = row.text("grpnum")
    if member.rstrip("#") == extension:
        return "desk"
    number = targets.outside(member.rstrip("#"))
    if not number:
        what = "follow-me to something that is no outside number"
        targets.draft.report.lost(row, extension, "grplist", what, "ring that person in the schemes too")
        return ""
    name = "mobile" if "mobile" not in person.phones else f"mobile{len(person.phones)}"
    person.phones[name] = {"number": number, **({"confirm": "1"} if row.text("needsconf") == "CHECKED" else {})}
    return name


def _set_ring(person: DraftPerson, phones: list[str], row: Row) -> None:
    """``ringallv2``: the desk first, then all; ``hunt``: one after another. An initial ring time of 0 leaves it out."""
    first, length = row.whole("pre_ring"), min(row.whole("grptime", 20) or 20, 120)
    strategy = row.text("strategy", "ringallv2")
    ring: dict[str, dict[str, str]] = {}
    at = first
    if first or "desk" in phones:
        ring["desk"] = {"for": f"{first + length if 'desk' in phones else first}s"}
    for phone in phones:
        if phone == "desk":
            continue
        ring[phone] = {**({"after": f"{at}s"} if at else {}), "for": f"{length}s"}
        at += length if strategy.startswith("hunt") else 0
    person.ring = [{name: settings} for name, settings in ring.items()]
    person.ring_s = min(max(at + (0 if strategy.startswith("hunt") else length), 5), 300)
