"""People of a sheet, of FreePBX's bulk handler or of FusionPBX's export."""

from __future__ import annotations

import re

import phonenumbers

from routing.imports.csv_sheet import AS_TEXT, Sheet
from routing.imports.draft import DraftPerson, ImportDraft
from routing.imports.names import plain_id, safe
from routing.imports.people import account, email, is_used
from routing.imports.rows import Row
from routing.model.emergency import is_emergency

#: Columns of FreePBX's export that are read beside ours; follow-me has the mobiles.
FOLLOW_ME = "findmefollow_grplist"
_GROUPS = re.compile(r"[;,|/]")


def people_of(sheet: Sheet, draft: ImportDraft) -> None:
    """Everybody of the sheet, and their groups."""
    groups: dict[str, list[str]] = {}
    for row in sheet.rows:
        if row.text("enabled", "true").lower() in ("false", "f", "0", "no"):
            continue
        person = _person(row, sheet, draft)
        for name in filter(None, map(str.strip, _GROUPS.split(row.text("groups")))):
            if person:
                groups.setdefault(name, []).append(person.id)
    for name, members in groups.items():
        found = next((known for known, (_, source) in draft.groups.items() if source == f"group {name}"), "")
        if found:
            draft.groups[found][0].extend(members)
        else:
            draft.groups[draft.new_name("person", name, "group")] = (list(members), f"group {name}")


def _person(row: Row, sheet: Sheet, draft: ImportDraft) -> DraftPerson | None:
    extension = row.text("extension").removeprefix("'").removesuffix(".0")
    given = f"{row.text('directory_first_name')} {row.text('directory_last_name')}".strip()
    name = safe(row.text("name") or given or extension)
    if not name:
        sheet.wrong(row, "name", "a person needs a name or an extension")
        return None
    person = DraftPerson(draft.new_name("person", name, "person"), name, f"{sheet.path.name}, row {row.line}")
    _account(person, row, sheet, draft, extension)
    _mobile(person, row, sheet, draft)
    _mail(person, row, sheet)
    if not person.phones:
        if not any(row.text(column) for column in ("extension", "mobile", "account")):
            sheet.wrong(row, "extension", f"`{name}` has neither an extension nor a mobile")
        elif row.text("tech", "sip") not in ("sip", "pjsip"):
            what = "a phone that speaks no SIP"
            draft.report.lost(row, extension, "tech", what, "give the person a SIP account")
        return None
    if FOLLOW_ME in row.values:
        _follow_me(person, row, draft, extension)
    person.has_voicemail = row.text("voicemail", "novm") not in ("novm", "no", "0") or bool(row.text("voicemail_vmpwd"))
    draft.people[person.id] = person
    return person


def _account(person: DraftPerson, row: Row, sheet: Sheet, draft: ImportDraft, extension: str) -> None:
    if not extension:
        return
    if not re.fullmatch(r"[0-9]{2,8}", extension):
        sheet.wrong(row, "extension", f"`{extension[:40]}` is no extension: 2 to 8 digits")
        return
    other = next((each for each in draft.people.values() if each.extension == extension), None)
    if other:
        sheet.wrong(row, "extension", f"{extension} is the extension of {other.name} too ({other.source})")
        return
    person.extension = extension
    if row.text("account") == "-" or row.text("tech", "sip") not in ("sip", "pjsip"):
        return
    name_of_account = row.text("account", extension)
    if is_used(draft, name_of_account):
        sheet.wrong(
            row, "account" if row.text("account") else "extension", f"the account `{name_of_account}` is there twice"
        )
        return
    if is_emergency(extension, draft.country) or is_emergency(name_of_account, draft.country):
        sheet.wrong(row, "extension", f"`{extension}` is an emergency number, which phones must be able to dial")
        return
    if not account(name_of_account, draft.country):
        sheet.wrong(row, "account", f"`{name_of_account[:40]}` is no SIP account: letters, digits, `_`, `.` and `-`")
        return
    person.phones["desk"] = {"sip": name_of_account}


def _mobile(person: DraftPerson, row: Row, sheet: Sheet, draft: ImportDraft) -> None:
    text = row.text("mobile").removeprefix("'")
    if not text:
        return
    if number := number_in(row, "mobile", text, sheet, draft):
        key = row.text("confirm", "1")
        person.phones["mobile"] = {"number": number, **({"confirm": key} if re.fullmatch(r"[0-9*#]", key) else {})}


def number_in(row: Row, column: str, text: str, sheet: Sheet, draft: ImportDraft) -> str:
    """The number of a cell; a wrong cell is noted, with what Excel may have done to it."""
    if found := draft.number(text):
        return found
    lost = next((each for each in (f"+{text}", f"0{text}", f"00{text}") if draft.number(each)), "")
    if "E+" in text.upper():
        return ""  # already noted
    why = (
        f"it lost the `{lost[: len(lost) - len(text)]}` in front: {AS_TEXT}"
        if lost
        else f"write it like {_example(draft.country)}"
    )
    sheet.wrong(row, column, f"`{text[:40]}` is no phone number of {draft.country}: {why}")
    return ""


def _example(country: str) -> str:
    """A number of the country, as it is written best."""
    found = phonenumbers.example_number(country)
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164) if found else "+380501112233"


def _mail(person: DraftPerson, row: Row, sheet: Sheet) -> None:
    text = row.text("email")
    if not text:
        return
    found = [email(each) for each in re.split(r"[,;\s]+", text) if each]
    if not all(found):
        sheet.wrong(row, "email", f"`{text[:60]}` is no e-mail address")
        return
    person.email, person.mails = found[0], found


def _follow_me(person: DraftPerson, row: Row, draft: ImportDraft, extension: str) -> None:
    if row.text("findmefollow_enabled", "yes").lower() in ("no", "false", "0", ""):
        return
    for member in re.split(r"[-\n]", row.text(FOLLOW_ME)):
        number = draft.number(member.rstrip("#")) if member.endswith("#") else ""
        if number and "mobile" not in person.phones:
            person.phones["mobile"] = {"number": number, "confirm": "1"}
    others = [each for each in row.text(FOLLOW_ME).split("-") if each and each.rstrip("#") != extension]
    if others and "mobile" not in person.phones:
        what = "follow-me to members that are no outside numbers"
        draft.report.lost(row, extension, FOLLOW_ME, what, "ring these people in the schemes too")


def known_name(draft: ImportDraft, text: str) -> str:
    """Whom a cell names: an extension, a person, a group; empty when nobody is called so."""
    wish = plain_id(text, "person")
    for person in draft.people.values():
        if text in (person.extension, person.name, person.id) or wish == person.id:
            return person.id
    sources = {source.removeprefix("group ").lower(): name for name, (_, source) in draft.groups.items()}
    return sources.get(text.lower(), text if text in draft.groups else "")
