"""What both systems say of people, in the form of schemes."""

from __future__ import annotations

import re

from pydantic import TypeAdapter, ValidationError

from routing.imports.draft import DraftPerson, ImportDraft
from routing.imports.rows import Row
from routing.model.addresses import Email, Host
from routing.model.emergency import is_emergency
from routing.model.fields import Account

_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
_HOST: TypeAdapter[str] = TypeAdapter(Host)
_ACCOUNT: TypeAdapter[str] = TypeAdapter(Account)


def email(text: str) -> str:
    """An e-mail address; empty when it is none."""
    return _valid(_EMAIL, text)


def account(text: str, country: str) -> str:
    """A SIP account; empty when it is none, or an emergency number, which phones must be able to dial."""
    return "" if is_emergency(text, country) else _valid(_ACCOUNT, text)


def host(text: str) -> str:
    """A host, perhaps with a port; empty when it is none."""
    return _valid(_HOST, text)


def _valid(adapter: TypeAdapter[str], text: str) -> str:
    try:
        return adapter.validate_python(text.strip()) if text.strip() else ""
    except ValidationError:
        return ""


def is_used(draft: ImportDraft, account_name: str) -> bool:
    """Whether somebody has the account."""
    return any(
        phone.get("sip", "").lower() == account_name.lower()
        for each in draft.people.values()
        for phone in each.phones.values()
    )


def set_account(draft: ImportDraft, person: DraftPerson, row: Row, column: str, extension: str) -> None:
    """The SIP account, which keeps its name, and the extension."""
    if not account(extension, draft.country):
        what = "an emergency number, or a name that SIP accounts cannot have here"
        draft.report.lost(row, extension, column, what, "give the person a new account")
        return
    if is_used(draft, extension):
        draft.report.lost(row, extension, column, "the account is there twice", "remove one of both in the old system")
        return
    person.phones["desk"] = {"sip": extension}
    if re.fullmatch(r"[0-9]{2,8}", extension):
        person.extension = extension
    else:
        draft.report.lost(row, extension, column, "extensions have 2 to 8 digits here", "give the person another one")
