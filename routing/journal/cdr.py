"""One CDR file of mod_json_cdr: its name, its variables, the applications that ran. Pure: text in, facts out.

FreeSWITCH writes a file in place, so a reader may meet half of one: `IncompleteCdr`, which is no error of the call.
Anything else that is not a CDR is `InvalidCdr`. A number or time that cannot be read counts as absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from routing.model.callback_call import CALL_OF
from routing.model.rating import RATED_LEG
from routing.model.recording import CLIENT, CLIENT_LEG
from routing.model.talk_keys import WAITS

#: Variables of legs that may talk more than once.
_TALKS_AGAIN = (WAITS, RATED_LEG, CLIENT_LEG, CALL_OF)
SUFFIX = ".cdr.json"
A_LEG = "a_"
#: Our own variable: the end of the talk of a leg that was asked for a rating after it.
TALK_END = "talk_end_uepoch"
#: The variable with the name of the switch.
SWITCH_NAME = "switchname"
#: A uuid by FreeSWITCH or by `origination_uuid`; anything else is not an id.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+-]{0,99}")
#: Limits that a call of many hours does not reach.
MOST_APPS = MOST_LEGS = 20_000
#: The latest time of a call, in seconds since the epoch: the year 2100.
_LAST_SECOND = 4_102_444_800
_MICROSECONDS = re.compile(r"[0-9]{1,17}")


class IncompleteCdr(Exception):
    """The text is not (yet) a complete CDR."""


class InvalidCdr(IncompleteCdr):
    """The text can never become a CDR."""


class App(msgspec.Struct, frozen=True, gc=False, rename=lambda name: f"app_{name}"):
    """An application that ran: its argument as FreeSWITCH expanded it, and its time in microseconds since the epoch."""

    name: str
    data: str
    stamp: str

    @property
    def at(self) -> float:
        """The time in seconds since the epoch."""
        return _seconds(self.stamp)

    def settings(self) -> list[tuple[str, str]]:
        """The variables that it set: ``set name=value`` or ``multiset ^^|name=value|name=value``."""
        if self.name == "set":
            parts = [self.data]
        elif self.name == "multiset":
            marked = self.data.startswith("^^") and len(self.data) > 2
            parts = self.data[3:].split(self.data[2]) if marked else self.data.split(" ")
        else:
            return []
        return [(name, value) for name, _, value in (part.partition("=") for part in parts)]


class _Log(msgspec.Struct, gc=False):
    applications: tuple[App, ...] = ()


class _CdrFile(msgspec.Struct, gc=False):
    """The parts of a file that are used; the rest is validated and skipped."""

    variables: dict[str, str]
    app_log: _Log | None = None
    callflow: object = None
    switchname: object = ""


_decode = msgspec.json.Decoder(_CdrFile).decode


@dataclass(frozen=True, slots=True)
class Cdr:
    """One leg. ``apps`` are in the order in which they ran."""

    uuid: str
    variables: Mapping[str, str]
    apps: tuple[App, ...]

    @property
    def node(self) -> str:
        """The name of the FreeSWITCH that carried it."""
        return self.get(SWITCH_NAME)

    def get(self, name: str) -> str:
        """A channel variable, or the empty string."""
        return self.variables.get(name, "")

    def time(self, name: str) -> float:
        """A time such as ``start`` or ``bridge``: seconds since the epoch, 0.0 when it never came."""
        return _seconds(self.variables.get(f"{name}_uepoch", "0"))

    def array(self, name: str) -> list[str]:
        """A variable that FreeSWITCH pushed to: its values in order."""
        value = self.variables.get(name, "")
        return value.removeprefix("ARRAY::").split("|:") if value else []

    @property
    def parent(self) -> str:
        """Of a B-leg: the A-leg's uuid; "" when it names none."""
        named = self.get("originating_leg_uuid") or self.get("originator")
        return named if _ID.fullmatch(named) else ""


def read(text: bytes) -> Cdr:
    """The leg in a file's content; undecodable bytes become U+FFFD.

    Raises IncompleteCdr for an incomplete CDR, InvalidCdr for one that can never become valid.
    """
    try:
        file = _decoded(text)
    except RecursionError:
        raise InvalidCdr("not a CDR: its JSON is nested too deeply") from None
    except msgspec.ValidationError as problem:
        raise InvalidCdr(f"not a CDR: {problem}") from None
    except ValueError as problem:
        raise IncompleteCdr(f"not a whole CDR: {problem}") from None
    uuid, apps = file.variables.get("uuid", ""), file.app_log.applications if file.app_log else ()
    if not _ID.fullmatch(uuid):
        raise InvalidCdr(f"its uuid {uuid[:40]!a} is not valid")
    if len(apps) > MOST_APPS:
        raise InvalidCdr(f"it lists {len(apps)} applications, a call runs at most {MOST_APPS}")
    # a variable of that name could come from the caller: overwrite it
    file.variables[SWITCH_NAME] = file.switchname if isinstance(file.switchname, str) else ""
    if not file.variables.keys().isdisjoint(_TALKS_AGAIN) and (first := _first_talk(file.callflow)):
        file.variables["bridge_uepoch"] = first
    if RATED_LEG in file.variables:
        file.variables[TALK_END] = next((app.stamp for app in apps if dict(app.settings()).get(RATED_LEG)), "0")
    if CLIENT_LEG in file.variables:  # later it was told whom it talks with
        file.variables["routing_target"] = file.variables.get(CLIENT, "")
    return Cdr(uuid, file.variables, apps)


def _first_talk(callflow: object) -> str:
    """When a leg talked first, in microseconds: each transfer begins its times anew, and keeps those before."""
    profiles = callflow if isinstance(callflow, list) else []
    times = [each.get("times") for each in profiles if isinstance(each, dict)]
    found = [str(each.get("bridged_time")) for each in times if isinstance(each, dict)]
    return min((at for at in found if _seconds(at)), key=_seconds, default="")


def _seconds(microseconds: str) -> float:
    """Seconds since the epoch; 0.0 for an invalid time."""
    found = int(microseconds) / 1e6 if _MICROSECONDS.fullmatch(microseconds) else 0.0
    return found if found < _LAST_SECOND else 0.0


def _decoded(text: bytes) -> _CdrFile:
    try:
        return _decode(text)
    except ValueError:
        if not text.rstrip().endswith(b"}"):
            raise
        # another encoding or half a surrogate: replace undecodable characters by U+FFFD or ?
        whole = json.loads(text.decode("utf-8", "replace"), strict=False)
        return _decode(json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace"))


def leg_of(name: str) -> tuple[str, bool] | None:
    """The uuid in a file's name and whether it is an A-leg; None for other files."""
    if not name.endswith(SUFFIX):
        return None
    uuid = name[: -len(SUFFIX)]
    return (uuid[len(A_LEG) :], True) if uuid.startswith(A_LEG) else (uuid, False)


def name_of(uuid: str, is_a_leg: bool = False) -> str:
    """The name of a leg's file."""
    return f"{A_LEG if is_a_leg else ''}{uuid}{SUFFIX}"


def legs_named(leg: Cdr) -> list[str]:
    """The uuids of the B-legs that an A-leg names, in the order of their origination.

    Raises InvalidCdr for too many.
    """
    entries = leg.array("originated_legs")
    if len(entries) > MOST_LEGS:
        raise InvalidCdr(f"it lists {len(entries)} legs, a call has at most {MOST_LEGS}")
    named = [*(entry.partition(";")[0] for entry in entries), leg.get("bridge_uuid")]
    return [uuid for uuid in dict.fromkeys(named) if _ID.fullmatch(uuid)]
