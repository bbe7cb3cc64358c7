"""Number files: from dialled digits to a scheme, without FreeSWITCH reloading or searching anything.

Numbers that end in the same four digits share a file of at most a few extensions, so the cost of a call does not grow
with the count of numbers, and a change of one scheme leaves the other files, and their links, as they were.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from routing.model import numbers
from routing.steps.base import RELEASE
from routing.steps.dialplan import Context

#: Set on every call at the front door: a talk ends the call, a bridge that fails goes on.
CALL_SETTINGS = (
    (
        "max_session_transfers",
        "1000",
    ),  # 70 otherwise, or what is left of the caller's Max-Forwards; jumps have their own bound
    ("routing_jumps", ""),
    ("continue_on_fail", "true"),
    ("hangup_after_bridge", "true"),
)


class Line(NamedTuple):
    """A number and where it leads."""

    number: str
    scheme: str
    caller_pays: bool


def shards(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """All lines by the file they are in, sorted: the last four digits of the number."""
    found: dict[str, list[Line]] = {}
    for line in sorted(lines):
        found.setdefault(line[0][-4:], []).append(line)
    return found


def numbers_context(lines: Iterable[Line], country: str | None) -> Context:
    """One extension a number: E.164 digits, with + or without, and the forms dialled inside the project's country."""
    context = Context("numbers")
    code, trunk = numbers.dialling(country) if country else ("", "")
    for line in lines:
        digits = line.number.removeprefix("+")
        entry = context.extension(digits, pattern=_forms(digits, code, trunk))
        entry.set("routing_number", line.number)
        entry.set("routing_caller_pays", "true" if line.caller_pays else "false")
        entry.do("transfer", f"start XML:{RELEASE}/schemes/{line.scheme}.xml {line.scheme}")
    return context


def _forms(digits: str, code: str, trunk: str) -> str:
    """A regex of every way the number is dialled: ``380800330521``, and at home ``0800330521`` or ``800330521``."""
    if not code or not digits.startswith(code):
        return rf"^\+?{digits}$"
    home = f"|{trunk}" if trunk else ""
    return rf"^(?:\+?{code}{home})?{digits.removeprefix(code)}$"


def entry_contexts(release_folder: str) -> tuple[Context, Context]:
    """The release's front door: names the release for the rest of the call, then looks the number up."""
    inbound, internal = Context("entry"), Context("internal_entry")
    number = inbound.extension("entry", pattern=r"^\+?(\d*(\d{4}))$")
    number.set("routing_release", release_folder)
    for name, value in CALL_SETTINGS:
        number.set(name, value)
    number.do("transfer", f"$1 XML:{release_folder}/numbers/$2.xml numbers")
    dialled = internal.extension("dial", pattern=r"^([+\w.*#-]{2,64})$")
    dialled.set("routing_release", release_folder)
    dialled.do("transfer", f"$1 XML:{release_folder}/internal.xml internal")
    return inbound, internal
