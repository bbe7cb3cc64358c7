"""Numbers of a sheet: when they are open, who rings, where unanswered calls go; and FreePBX's export of routes."""

from __future__ import annotations

import re
from typing import Any

from routing.imports.calendars import ALL_DAY, TimeRule
from routing.imports.csv_people import known_name, number_in
from routing.imports.csv_sheet import Sheet
from routing.imports.draft import DraftScheme, ImportDraft, Steps, ended
from routing.imports.hours_steps import calendar_of
from routing.imports.people import email
from routing.imports.ranges import clock_minutes
from routing.imports.rows import Row
from routing.model.calendar import parse_days

_ALWAYS = frozenset({"", "24/7", "always", "цілодобово", "круглосуточно"})
_SPLIT = re.compile(r"[;,|/]")
_DAYS = {
    "пн": "mon", "вт": "tue", "ср": "wed", "чт": "thu", "пт": "fri", "сб": "sat", "нд": "sun", "вс": "sun",
}  # fmt: skip
_PERIOD = re.compile(r"\d{1,2}[:.]\d\d\s*-\s*\d{1,2}[:.]\d\d")
_PERSON = re.compile(r"(?:from-did-direct|ext-local|ext-findmefollow),(?:FM|vm[usb])?(\d+),\w+")


def numbers_of(sheet: Sheet, draft: ImportDraft) -> None:
    """A scheme for each row; rows with the same `scheme` share the first one's steps."""
    schemes: dict[str, DraftScheme] = {}
    for row in sheet.rows:
        number = _number(row, sheet, draft)
        name = row.text("scheme") or row.text("title") or f"number {row.text('number')}"
        if name not in schemes:
            schemes[name] = draft.scheme(name, f"{sheet.path.name}, row {row.line}", "numbers")
            schemes[name].steps = _steps(row, name, sheet, draft)
        elif any(row.text(each) for each in ("hours", "rings", "voicemail")):
            what = "a second row of the same scheme: only its number counts"
            draft.report.changed(row, name, "scheme", what, "give it a `scheme` of its own when it differs")
        if number:
            schemes[name].numbers.append(number)


def _number(row: Row, sheet: Sheet, draft: ImportDraft) -> str:
    text = row.text("number").removeprefix("'")
    if not text:
        sheet.wrong(row, "number", "it is empty: write the company's number")
        return ""
    number = number_in(row, "number", text, sheet, draft)
    if number and any(number in scheme.numbers for scheme in draft.schemes.values()):
        sheet.wrong(row, "number", f"{number} is there twice")
        return ""
    return number


def _steps(row: Row, name: str, sheet: Sheet, draft: ImportDraft) -> Steps:
    ends = _unanswered(row, sheet, draft)
    steps: Steps = []
    try:
        rules = rules_of(row.text("hours"))
    except ValueError as error:
        sheet.wrong(row, "hours", f"`{error}` is no opening time: write `mon-fri 09:00-18:00; sat 10:00-15:00`")
        rules = []
    if rules:
        calendar = calendar_of(draft, row, name, "hours", rules, "")
        steps.append({"hours": {"calendar": calendar.id, "closed": ended(ends)}})
    if ring := _ring(row, sheet, draft):
        steps.append({"ring": ring})
    elif not row.text("voicemail") and not row.text("rings"):
        sheet.wrong(row, "rings", "nobody rings, and there is no voicemail")
    return ended([*steps, *ends])


def _unanswered(row: Row, sheet: Sheet, draft: ImportDraft) -> Steps:
    text = row.text("voicemail")
    if not text or text.lower() in ("no", "ні", "нет"):
        return []
    box, recipients = "", []
    for each in filter(None, map(str.strip, _SPLIT.split(text))):
        name = known_name(draft, each)
        if name in draft.people:
            box = box or name
            recipients += [name] if draft.people[name].email else []
        elif found := email(each):
            recipients.append(found)
        else:
            sheet.wrong(row, "voicemail", f"`{each[:40]}` is neither a person nor an e-mail address")
    box = box or draft.new_name("box", row.text("scheme") or "office", "office")
    return [{"voicemail": {"box": box, **({"notify": recipients} if recipients else {})}}]


def _ring(row: Row, sheet: Sheet, draft: ImportDraft) -> dict[str, Any]:
    names: list[str] = []
    for each in filter(None, map(str.strip, _SPLIT.split(row.text("rings")))):
        name = known_name(draft, each)
        if not name and (number := draft.number(each)):
            name = draft.outside(number, f"{sheet.path.name}, row {row.line}")
        if name:
            names += [name] if name not in names else []
        else:
            sheet.wrong(row, "rings", f"`{each[:40]}` is no person, extension, group or outside number")
    if not names:
        return {}
    seconds = row.whole("seconds", 20)
    if not 5 <= seconds <= 300:
        sheet.wrong(row, "seconds", f"`{row.text('seconds')[:20]}` is no ring time: 5 to 300 seconds")
        seconds = 20
    order = {"in order": "in_order", "in_order": "in_order", "hunt": "in_order"}.get(row.text("order").lower(), "")
    return {"to": names if len(names) > 1 else names[0], "for": f"{seconds}s", **({"order": order} if order else {})}


def rules_of(text: str) -> list[TimeRule]:
    """``mon-fri 09:00-18:00; sat 10:00-15:00``. Raises ValueError with the part that is none."""
    if text.strip().lower() in _ALWAYS:
        return []
    rules: list[TimeRule] = []
    days: frozenset[int] | None = None
    for part in filter(None, map(str.strip, re.split(r"[;,\n]", text.lower()))):
        periods = _PERIOD.findall(part)
        named = _PERIOD.sub("", part).strip(" :")
        for letters, day in _DAYS.items():
            named = named.replace(letters, day)
        try:
            days = frozenset(parse_days(named.replace(" ", ""))) if named else days
            minutes = tuple(
                piece for each in periods for piece in clock_minutes(each.replace(".", ":").replace(" ", ""))
            )
        except ValueError:
            raise ValueError(part[:40]) from None
        rules.append(TimeRule(minutes=minutes or ALL_DAY, weekdays=days))
    return rules


def routes_of(sheet: Sheet, draft: ImportDraft) -> None:
    """FreePBX's export of incoming routes: those to extensions; others need the whole dump."""
    for row in sheet.rows:
        written = row.text("extension").removeprefix("'")
        number = draft.number(written) or draft.number(f"+{written}")
        found = _PERSON.fullmatch(row.text("destination"))
        person = draft.people.get(known_name(draft, found[1])) if found else None
        if not number:
            draft.report.lost(
                row, written or "any", "extension", "no whole number of the country", "write it into a scheme"
            )
        elif person is None:
            remedy = "import the whole dump: `routing import freepbx`"
            draft.report.lost(row, written, "destination", "a destination that is no person of the sheets", remedy)
        else:
            title = row.text("description") or f"number {written}"
            draft.lead(number, f"{sheet.path.name}, row {row.line}", title, ended(draft.ring_person(person)))
