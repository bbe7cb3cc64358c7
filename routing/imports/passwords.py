"""Passwords of phones and trunks, carried over on request: into the secrets file, never into schemes or reports."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from routing.imports.draft import ImportDraft
from routing.imports.rows import Row

#: What the secrets file and FreeSWITCH's XML hold as it is: no spaces, quotes, backslashes, `$`, `<`, `{`, `}`.
_PLAIN = re.compile(r"[!#%&(-;=-\[\]^_a-z|~]+")
LEAST = 8


@dataclass(frozen=True)
class OldPassword:
    """A password, where it stands, and whose it is: the account or the trunk."""

    row: Row
    column: str
    name: str
    value: str = field(repr=False)


def keep_password(draft: ImportDraft, secret: str, old: OldPassword) -> bool:
    """Carry a password over, if that was asked for and it is good; whether it is carried. ``secret``: what the project
    calls it."""
    if not draft.keeps_passwords or not old.value:
        return False
    if why := _fault(old.value, old.name):
        blind = Row(old.row.table, old.row.line, {})  # never the password itself
        remedy = f"give the phone or trunk the one of {secret} in var/secrets"
        draft.report.todo(blind, old.name, old.column, f"a password {why} is not carried over", remedy)
        return False
    draft.passwords[secret] = old.value
    return True


def _fault(value: str, name: str) -> str:
    """Why a password is not carried over; empty for a good one."""
    if len(value) < LEAST:
        return f"of less than {LEAST} characters"
    if value.isdigit() or (name and name.lower() in value.lower()) or len(set(value)) < 4:
        return "that is easily guessed"
    return "" if _PLAIN.fullmatch(value) else "with a space, a quote, `$` or letters that are not ASCII"
