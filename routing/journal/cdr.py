"""One CDR file of mod_json_cdr: its name, its variables, the applications that ran. Pure: text in, facts out.

A file is written in place, so a reader may meet half of one: that is `Unfinished`, not an error of the call.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

SUFFIX = ".cdr.json"
A_LEG = "a_"


class Unfinished(Exception):
    """The text is not (yet) a whole CDR."""


class App(msgspec.Struct, frozen=True, gc=False, rename=lambda name: f"app_{name}"):
    """An application that ran: its argument as FreeSWITCH expanded it, and when, in microseconds since the epoch."""

    name: str
    data: str
    stamp: str

    @property
    def at(self) -> float:
        """When, in seconds since the epoch."""
        return int(self.stamp) / 1e6

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


class _File(msgspec.Struct, gc=False):
    """The parts of a file that are used; the rest, which is most of it, is checked and skipped."""

    variables: dict[str, str]
    app_log: _Log | None = None


_decode = msgspec.json.Decoder(_File).decode


@dataclass(frozen=True, slots=True)
class Cdr:
    """One leg. ``apps`` are in the order in which they ran."""

    uuid: str
    variables: Mapping[str, str]
    apps: tuple[App, ...]

    def get(self, name: str) -> str:
        """A channel variable, or the empty string."""
        return self.variables.get(name, "")

    def time(self, name: str) -> float:
        """A time such as ``start`` or ``bridge``: seconds since the epoch, 0.0 when it never came."""
        try:
            return int(self.variables.get(f"{name}_uepoch", "0")) / 1e6
        except ValueError:
            return 0.0

    def array(self, name: str) -> list[str]:
        """A variable that FreeSWITCH pushed to: its values in order."""
        value = self.variables.get(name, "")
        return value.removeprefix("ARRAY::").split("|:") if value else []

    @property
    def parent(self) -> str:
        """Of a B-leg: the A-leg's uuid."""
        return self.get("originating_leg_uuid") or self.get("originator")


def read(text: bytes) -> Cdr:
    """A leg of a file's content. Raises Unfinished when that is not a whole CDR; bytes of no alphabet become U+FFFD."""
    try:
        file = _decoded(text)
    except (ValueError, RecursionError) as problem:
        raise Unfinished(f"{type(problem).__name__}: {problem}") from None
    uuid = file.variables.get("uuid")
    if not uuid:
        raise Unfinished("it names no leg")
    return Cdr(uuid, file.variables, file.app_log.applications if file.app_log else ())


def _decoded(text: bytes) -> _File:
    try:
        return _decode(text)
    except ValueError:
        if not text.rstrip().endswith(b"}"):
            raise
        # a name in an alphabet of its own, or half a surrogate: what is no text becomes U+FFFD or ?
        whole = json.loads(text.decode("utf-8", "replace"), strict=False)
        return _decode(json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace"))


def leg_of(name: str) -> tuple[str, bool] | None:
    """The uuid in a file's name and whether it is an A-leg; None for files that are no CDR."""
    if not name.endswith(SUFFIX):
        return None
    uuid = name[: -len(SUFFIX)]
    return (uuid[len(A_LEG) :], True) if uuid.startswith(A_LEG) else (uuid, False)


def name_of(uuid: str, is_a_leg: bool = False) -> str:
    """The file's name of a leg."""
    return f"{A_LEG if is_a_leg else ''}{uuid}{SUFFIX}"


def legs_named(leg: Cdr) -> list[str]:
    """The uuids of the B-legs that an A-leg names, in the order in which they were originated."""
    named = [entry.partition(";")[0] for entry in leg.array("originated_legs")]
    named += [leg.get("bridge_uuid")] if leg.get("bridge_uuid") else []
    return list(dict.fromkeys(named))
