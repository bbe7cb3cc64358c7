"""Number files: from dialled digits to a scheme, without FreeSWITCH reloading or searching anything.

Numbers that end in the same four digits share a file of at most a few extensions, so the cost of a call does not grow
with the count of numbers, and a change of one scheme leaves the other files, and their links, as they were. What every
call of a scheme does first stands in its numbers' extensions too: such a call reads two small files until it rings.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from routing.compile.xml import to_xml
from routing.model import forms
from routing.model.ringback import ringing_tone
from routing.steps.base import RELEASE
from routing.steps.dialplan import Context

#: Set on every call at its number: a talk ends the call, a bridge that fails goes on.
CALL_SETTINGS = (
    ("continue_on_fail", "true"),
    ("hangup_after_bridge", "true"),
    # 70 otherwise, or what is left of the caller's Max-Forwards; jumps have their own bound
    ("max_session_transfers", "1000"),
)
#: The divisor of FreeSWITCH's comfort noise: what it sends by itself while it records a message.
COMFORT_NOISE = "1400"
#: What the front doors execute a number's extension with: caller, displayed name, the release's folder.
_ARGUMENTS = "@([^@]+)@([^@]+)@(.+)$"
#: The caller hears our cause, not the last phone's; a phone's 302 fails its leg instead of moving the caller.
_ON_EVERY_CALL = (
    ("routing_direction", "in"),
    ("routing_caller", "$1"),
    ("effective_caller_id_number", "$1"),
    ("effective_caller_id_name", "$2"),
    ("routing_release", "$3"),
    ("sip_copy_custom_headers", "false"),
    ("sip_ignore_remote_cause", "true"),
    ("limit_ignore_transfer", "true"),  # FreeSWITCH forgets who holds a limit at a transfer otherwise
    ("nolocal:outbound_redirect_fatal", "true"),
    ("${routing_leg}", "9"),  # named by the node: without it no leg is dialled
    ("export_vars", "nolocal:outbound_redirect_fatal,hold_music,${routing_leg}"),
    ("ignore_early_media", "ring_ready"),
    *CALL_SETTINGS,
)
#: Applications as (name, argument).
Opening = Sequence[tuple[str, str]]
#: Characters; a file holds a few numbers, and FreeSWITCH reads it at every call.
LONGEST_OPENING = 2000
START = "start"
#: What differs between the numbers of a scheme: plain text that XML and regexes leave as it is.
_DIGITS, _FORMS, _PAYS = "@digits@", "@forms@", "@pays@"
_BLANKS = re.compile("@(?:digits|forms|pays)@")
_EXTENSION = re.compile("(?s)<extension .*</extension>\n")
#: Would be taken for the extension's own.
_CAPTURE = re.compile(r"\$\{?\d")


def heard(country: str | None) -> tuple[tuple[str, str], ...]:
    """What an answered caller hears while nobody talks with them: ringing while phones do, a soft noise otherwise.

    ``instant_ringback``: between phones that are rung in turn too, and before the first of them says anything.
    """
    return (
        ("transfer_ringback", ringing_tone(country)),
        ("instant_ringback", "true"),
        ("send_silence_when_idle", COMFORT_NOISE),
    )


class NumberRoute(NamedTuple):
    """A number and where it leads."""

    number: str
    scheme: str
    caller_pays: bool


def shard_of(number: str) -> str:
    """The name of the file a number is in."""
    return number[-4:]


def shards(lines: Iterable[NumberRoute]) -> dict[str, list[NumberRoute]]:
    """All lines by the file they are in, sorted."""
    found: dict[str, list[NumberRoute]] = {}
    for line in sorted(lines):
        found.setdefault(shard_of(line.number), []).append(line)
    return found


def number_extension(scheme: Context, country: str | None) -> str:
    """The extension of a number that leads to a scheme, as XML, with blanks for what differs between its numbers.

    Laid out and verified once a scheme: its numbers are copies. ``country``: the project's.
    """
    context = Context("numbers")
    entry = context.extension(_DIGITS, pattern=_FORMS + _ARGUMENTS)
    for name, value in (*_ON_EVERY_CALL, *heard(country)):
        entry.set(name, value)
    entry.set("routing_number", f"+{_DIGITS}")
    entry.set("routing_caller_pays", _PAYS)
    for application, data in opening(scheme) or _to_start(scheme.name):
        entry.do(application, data)
    return "".join(_EXTENSION.findall(to_xml(context)))


def numbers_xml(lines: Iterable[NumberRoute], country: str | None, extensions: Mapping[str, str]) -> str:
    """A number file: each number by its E.164 digits and the forms dialled inside the project's country.

    ``extensions``: by scheme, `number_extension`.
    """
    found = []
    for line in lines:
        written = f"^{forms.own_forms(line.number, country)}"
        pays = "true" if line.caller_pays else "false"
        own = {_DIGITS: line.number.removeprefix("+"), _FORMS: written, _PAYS: pays}
        found.append(_filled(extensions[line.scheme], own))
    head, tail = _around()
    return head + "".join(found) + tail


@functools.cache
def _around() -> tuple[str, str]:
    """A number file without its extensions."""
    head, end, tail = to_xml(Context("numbers")).partition("</context>")
    return head, end + tail


def _filled(extension: str, own: Mapping[str, str]) -> str:
    return _BLANKS.sub(lambda blank: own[blank[0]], extension)


def opening(scheme: Context) -> Opening:
    """What every call of a scheme does first, for its numbers' extensions; empty when that is long or not plain.

    Not plain: a start that depends on the call, or asks the engine, which may interrupt only what was transferred to.
    """
    _bound, *starts = (extension for extension in scheme.extensions if extension.label == START)
    actions = starts[0].actions
    if len(starts) > 1 or any(action.application == "socket" or _CAPTURE.search(action.data) for action in actions):
        return []
    found = [(action.application, action.data.replace("${routing_jumps}", "")) for action in actions]
    return found if sum(len(data) for _, data in found) <= LONGEST_OPENING else []


def _to_start(scheme: str) -> Opening:
    """The start counts itself as a jump."""
    return [("set", "routing_jumps="), ("transfer", f"{START} XML:{RELEASE}/schemes/{scheme}.xml {scheme}")]


def entry_dialplan(root: Path, *, limited: bool) -> str:
    """Where a gateways' profile looks calls up, in turn: the current release, then the fixed dialplan."""
    files = ("entry.xml",) if limited else ("unlimited.xml", "entry.xml")
    return ",".join([*(f"XML:{root}/current/{file}" for file in files), "XML"])
