"""The journal's filter, as it stands in an address, and its periods in the project's zone. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from routing.desk.typed_number import beginning, ending
from routing.journal.client_names import name_parts
from routing.journal.query import RATINGS
from routing.journal.status import NAMES

#: Incoming calls with a status that counts as missed.
MISSED_GROUP = "missed"
STATUS_CHOICES = (MISSED_GROUP, *NAMES)
DIRECTIONS = ("in", "out", "internal", "callback")
#: Periods by name: (first day, day after the last one), counted from today.
PERIODS = {"today": (0, 1), "yesterday": (-1, 0), "7d": (-6, 1), "30d": (-29, 1)}
_LONGEST_TEXT = 120
_AS_TYPED = ("status", "direction", "person", "scheme", "queue", "tag", "rating", "node")
#: Moments of other years are mistyped, and the first and the last one cannot be counted with in every zone.
YEARS = range(2000, 2200)


@dataclass(frozen=True)
class TypedFilter:
    """What somebody chose and typed: the parameters of the address, harmless. Empty ones match all."""

    period: str = ""
    since: str = ""
    until: str = ""
    status: str = ""
    direction: str = ""
    person: str = ""
    scheme: str = ""
    queue: str = ""
    number: str = ""
    client: str = ""
    tag: str = ""
    rating: str = ""
    node: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """Those that are not empty."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}

    def without(self, name: str) -> dict[str, str]:
        """The parameters of the address without one of them."""
        return {key: value for key, value in self.parameters.items() if key != name}

    def also(self, name: str, value: str) -> dict[str, str]:
        """The parameters of the address with one more."""
        return self.parameters | {name: value}


@dataclass(frozen=True)
class JournalFilter:
    """A filter of calls for the database; empty ones match all. ``since`` and ``until``: seconds since the epoch;
    ``number`` and ``client``: the beginning of an E.164 number; ``client_ends``: or its last digits;
    ``name_parts``: with which the words of the client's name begin."""

    since: float = 0.0
    until: float = 0.0
    status: str = ""
    direction: str = ""
    person: str = ""
    scheme: str = ""
    queue: str = ""
    number: str = ""
    client: str = ""
    client_ends: str = ""
    name_parts: tuple[str, ...] = ()
    tag: str = ""
    rating: str = ""
    node: str = ""


def typed(given: Mapping[str, str], may_see_numbers: bool) -> TypedFilter:
    """The filter of an address. Who may not see numbers does not find calls by them: digit by digit is a guess."""
    values = {field.name: _harmless(given.get(field.name, "")) for field in fields(TypedFilter)}
    for name, choices in (
        ("period", PERIODS),
        ("status", STATUS_CHOICES),
        ("direction", DIRECTIONS),
        ("rating", RATINGS),
    ):
        if values[name] not in choices:
            values[name] = ""
    for name in ("since", "until"):
        values[name] = _day(values[name]).isoformat() if _day(values[name]) else ""  # type: ignore[union-attr]
    if values["period"]:
        values |= {"since": "", "until": ""}
    if not may_see_numbers or not any(_client(values["client"], "").values()):
        values["client"] = ""
    if not beginning(values["number"], ""):
        values["number"] = ""
    return TypedFilter(**values)


def ignored(given: Mapping[str, str], chosen: TypedFilter) -> list[str]:
    """What an address asks for and the filter does not: it means nothing here, or is not for this user."""
    given_names = [field.name for field in fields(TypedFilter) if given.get(field.name, "").strip()]
    replaced = ("since", "until") if chosen.period else ()
    return [name for name in given_names if not getattr(chosen, name) and name not in replaced]


def resolved(chosen: TypedFilter, now: float, zone: tzinfo, country: str) -> JournalFilter:
    """The same for the database."""
    since, until = _span(chosen, datetime.fromtimestamp(now, zone).date())
    return JournalFilter(
        since=_midnight(since, zone),
        until=_midnight(until, zone),
        number=beginning(chosen.number, country),
        **_client(chosen.client, country),
        **{name: getattr(chosen, name) for name in _AS_TYPED},
    )


def _client(text: str, country: str) -> dict[str, Any]:
    """A client as typed: with letters it is a name, else a number's beginning, or its last digits."""
    if any(sign.isalpha() for sign in text):
        return {"name_parts": tuple(name_parts(text))}
    return {"client": beginning(text, country), "client_ends": ending(text, country)}


def _span(chosen: TypedFilter, today: date) -> tuple[date | None, date | None]:
    """The first day and the day after the last one."""
    if chosen.period:
        first, after = PERIODS[chosen.period]
        return today + timedelta(days=first), today + timedelta(days=after)
    since, until = _day(chosen.since), _day(chosen.until)
    return since, until + timedelta(days=1) if until else None


def _midnight(day: date | None, zone: tzinfo) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() if day else 0.0


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _harmless(text: str) -> str:
    """Without what no database stores and nobody types."""
    return "".join(sign for sign in text[:_LONGEST_TEXT] if sign.isprintable()).strip()


@dataclass(frozen=True)
class JournalPlace:
    """A place in the journal's order, between pages: the call after which, or before which, a page begins. ``call``
    "": all of this moment."""

    started: float
    call: str
    newer: bool = False


def place_of(given: Mapping[str, str]) -> JournalPlace | None:
    """The place in an address: ``before=<started>_<id>`` or ``after=...``; None for none."""
    for name in ("before", "after"):
        started, ends, call = _harmless(given.get(name, "")).partition("_")
        try:
            at = float(started)
        except ValueError:
            continue
        if math.isfinite(at) and ends:
            return JournalPlace(at, call, name == "after")
    return None


def written(started: float, call: str) -> str:
    """A place as it stands in an address."""
    return f"{started!r}_{call}"
