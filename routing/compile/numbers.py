"""Number files: from dialled digits to a scheme, without a reload or a search in FreeSWITCH.

Numbers with the same last four digits share a file of a few extensions. So the cost of a call does not grow with the
count of numbers, and a change of one scheme leaves the other files and their links as they are. The extension of a
number also contains the first actions of its scheme: a call reads two small files before it rings.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from routing.compile.floods import add_refusal
from routing.compile.xml import to_xml
from routing.model import forms
from routing.model.ringback import ringing_tone
from routing.steps.base import COMFORT_NOISE, RELEASE
from routing.steps.dialplan import Context

#: Set on every call at its number: a talk ends the call, a bridge that fails goes on.
CALL_SETTINGS = (
    ("continue_on_fail", "true"),
    ("hangup_after_bridge", "true"),
    # 70 otherwise, or what is left of the caller's Max-Forwards; jumps have their own bound
    ("max_session_transfers", "1000"),
)
#: The arguments with which entry dialplans execute a number's extension: caller, display name, the release's folder.
_ARGUMENTS = "@([^@]+)@([^@]+)@(.+)$"
#: Settings of every call. Among others: the caller gets our hangup cause, not the last phone's; a phone's 302 fails its
#: leg instead of moving the caller.
ON_EVERY_CALL = (
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
#: Characters; a file holds a few numbers, and FreeSWITCH reads it for every call.
LONGEST_OPENING = 2000
START = "start"
#: Placeholders for what differs between the numbers of a scheme: plain text in XML and regexes.
_DIGITS, _FORMS, _PAYS, _SCHEME = "@digits@", "@forms@", "@pays@", "@scheme@"
_BLANKS = re.compile("@(?:digits|forms|pays|scheme)@")
_EXTENSION = re.compile("(?s)<extension .*</extension>\n")
#: A capture, which would refer to the number's extension instead.
_CAPTURE = re.compile(r"\$\{?\d")


def parties(direction: str, caller: str, shown: str, release: str) -> tuple[tuple[str, str], ...]:
    """Whose call it is: the caller's number, the name that phones show, the release's folder."""
    return (
        ("routing_direction", direction),
        ("routing_caller", caller),
        ("effective_caller_id_number", caller),
        ("effective_caller_id_name", shown),
        ("routing_release", release),
    )


def ringback_settings(country: str | None) -> tuple[tuple[str, str], ...]:
    """What an answered caller hears before a talk: ringing while phones ring, comfort noise otherwise.

    ``instant_ringback``: also between phones that ring in turn, and before the first of them responds.
    """
    return (
        ("transfer_ringback", ringing_tone(country)),
        ("instant_ringback", "true"),
        ("send_silence_when_idle", COMFORT_NOISE),
    )


class NumberRoute(NamedTuple):
    """A number and its scheme."""

    number: str
    scheme: str
    caller_pays: bool


def shard_of(number: str) -> str:
    """The name of a number's file."""
    return number[-4:]


def shards(lines: Iterable[NumberRoute]) -> dict[str, list[NumberRoute]]:
    """All numbers by file, sorted."""
    found: dict[str, list[NumberRoute]] = {}
    for line in sorted(lines):
        found.setdefault(shard_of(line.number), []).append(line)
    return found


def number_extension(scheme: Context, country: str | None) -> str:
    """The extension of a scheme's numbers, as XML, with placeholders for what differs between them.

    It is written and verified once per scheme; numbers are copies. ``country``: the project's.
    """
    context = Context("numbers")
    entry = context.extension(_DIGITS, pattern=_FORMS + _ARGUMENTS)
    for name, value in (*parties("in", "$1", "$2", "$3"), *ON_EVERY_CALL, *ringback_settings(country)):
        entry.set(name, value)
    entry.set("routing_number", f"+{_DIGITS}")
    entry.set("routing_caller_pays", _PAYS)
    for application, data in opening(scheme) or _to_start(scheme.name):
        entry.do(application, data)
    return "".join(_EXTENSION.findall(to_xml(context)))


def numbers_xml(
    lines: Iterable[NumberRoute], country: str | None, extensions: Mapping[str, str], guarded: str = ""
) -> str:
    """A number file: each number by its E.164 digits and its national forms.

    ``extensions``: by scheme, `number_extension`. ``guarded``: the numbers of which floods are refused, ``paid`` or
    ``all``.
    """
    found = []
    for line in lines:
        written = f"^{forms.own_forms(line.number, country)}"
        pays = "true" if line.caller_pays else "false"
        own = {_DIGITS: line.number.removeprefix("+"), _FORMS: written, _PAYS: pays, _SCHEME: line.scheme}
        if guarded == "all" or (guarded and not line.caller_pays):
            found.append(_filled(_refusal_extension(), own))
        found.append(_filled(extensions[line.scheme], own))
    head, tail = _around()
    return head + "".join(found) + tail


@functools.cache
def _refusal_extension() -> str:
    """The extension that refuses floods, as XML, with the same placeholders."""
    context = Context("numbers")
    add_refusal(context, _DIGITS, _FORMS + _ARGUMENTS, _SCHEME)
    return "".join(_EXTENSION.findall(to_xml(context)))


@functools.cache
def _around() -> tuple[str, str]:
    """Head and tail of a number file."""
    head, end, tail = to_xml(Context("numbers")).partition("</context>")
    return head, end + tail


def _filled(extension: str, own: Mapping[str, str]) -> str:
    return _BLANKS.sub(lambda blank: own[blank[0]], extension)


def opening(scheme: Context) -> Opening:
    """The first actions of a scheme, for its numbers' extensions; empty when they are long or not static.

    Not static: a start that depends on the call, or asks the engine, which may only interrupt a transferred call.
    """
    _bound, *starts = (extension for extension in scheme.extensions if extension.label == START)
    actions = starts[0].actions
    if len(starts) > 1 or any(action.application == "socket" or _CAPTURE.search(action.data) for action in actions):
        return []
    found = [(action.application, action.data.replace("${routing_jumps}", "")) for action in actions]
    return found if sum(len(data) for _, data in found) <= LONGEST_OPENING else []


def _to_start(scheme: str) -> Opening:
    """A transfer to the scheme's start, which counts a jump."""
    return [("set", "routing_jumps="), ("transfer", f"{START} XML:{RELEASE}/schemes/{scheme}.xml {scheme}")]


def entry_dialplan(root: Path, *, limited: bool) -> str:
    """The `dialplan` setting of a gateways' profile: the current release's entry dialplans, then the fixed dialplan."""
    files = ("entry.xml",) if limited else ("unlimited.xml", "entry.xml")
    return ",".join([*(f"XML:{root}/current/{file}" for file in files), "XML"])
