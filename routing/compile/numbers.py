"""Number files: from dialled digits to a scheme, without FreeSWITCH reloading or searching anything.

Numbers that end in the same four digits share a file of at most a few extensions, so the cost of a call does not grow
with the count of numbers, and a change of one scheme leaves the other files, and their links, as they were.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from routing.model import numbers
from routing.steps.base import RELEASE
from routing.steps.dialplan import Context


@dataclass(frozen=True, order=True)
class Line:
    """A number and where it leads."""

    number: str
    scheme: str
    caller_pays: bool


def shard_of(number: str) -> str:
    """The file that a number is in: its last four digits."""
    return number[-4:]


def shards(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """All lines by file, sorted."""
    found: dict[str, list[Line]] = {}
    for line in sorted(lines):
        found.setdefault(shard_of(line.number), []).append(line)
    return found


def numbers_context(lines: Iterable[Line]) -> Context:
    """One extension a number; E.164 digits, with + or without, and the form dialled at home."""
    context = Context("numbers")
    for line in lines:
        digits, home = line.number.removeprefix("+"), numbers.national_digits(line.number)
        forms = "|".join(dict.fromkeys((digits, home)))
        entry = context.extension(digits, pattern=rf"^\+?(?:{forms})$")
        entry.set("routing_number", line.number)
        entry.set("routing_caller_pays", "true" if line.caller_pays else "false")
        entry.set("routing_scheme", line.scheme)
        entry.set("routing_jumps", "")
        entry.set("continue_on_fail", "true")
        entry.set("hangup_after_bridge", "true")
        entry.set("effective_caller_id_number", "${routing_caller}")
        entry.set("effective_caller_id_name", "${routing_caller}")
        entry.do("transfer", f"start XML:{RELEASE}/schemes/{line.scheme}.xml {line.scheme}")
    return context


def entry_contexts(release_folder: str) -> tuple[Context, Context]:
    """The release's front door: names the release for the rest of the call, then looks the number up."""
    inbound, internal = Context("entry"), Context("internal_entry")
    number = inbound.extension("entry", pattern=r"^\+?(\d*(\d{4}))$")
    number.set("routing_release", release_folder)
    number.do("transfer", f"$1 XML:{release_folder}/numbers/$2.xml numbers")
    dialled = internal.extension("dial", pattern=r"^([+\w.-]{2,64})$")
    dialled.set("routing_release", release_folder)
    dialled.do("transfer", f"$1 XML:{release_folder}/internal.xml internal")
    return inbound, internal
