"""The people, phones, SIP accounts, schemes and allowed destinations that an answer may name.

Built from a release's ``table.json``. Reads no files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from routing.model.ringing import Wave


class Schemes(Protocol):
    """Scheme id -> whether it answers the call before a person does; None when there is no such scheme."""

    def get(self, key: str, /) -> bool | None: ...


@dataclass(frozen=True)
class Directory:
    """The people, phones, schemes and numbers that an answer may name.

    ``phones``: person id -> phone names; ``accounts``: SIP account -> ``person.phone``; ``extensions``: short
    number -> person id; ``destinations``: an outside number (``+`` and digits) must fully match one of them;
    ``country`` (ISO code, "" for none): numbers without a country code belong to it.
    """

    phones: Mapping[str, frozenset[str]]
    accounts: Mapping[str, str]
    schemes: Schemes
    destinations: tuple[re.Pattern[str], ...]
    extensions: Mapping[str, str] = field(default_factory=dict)
    country: str = ""
    #: Person -> SIP accounts of their phones.
    sip: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: People whose phones do not all ring at once -> when each wave begins and how long it may ring (`Wave`).
    staggered: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)
    #: The project's name when it has screen pops, else "".
    pops: str = ""
    #: The project's name.
    project: str = ""
    #: How to ask each CRM for the card of a client (its `crm` entry), where people can ask for it by keys.
    card_crms: tuple[Mapping[str, Any], ...] = ()
    #: A phone's outside number -> ``person.phone``: a number of ours names its phone.
    numbers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Mapping[str, Any], schemes: Schemes) -> Directory:
        """From the content of ``table.json``. Raises KeyError, TypeError or re.error on another shape."""
        return cls(
            phones={person: frozenset(facts["phones"]) for person, facts in table["people"].items()},
            accounts=dict(table["accounts"]),
            schemes=schemes,
            destinations=patterns(table["destinations"]),
            extensions=dict(table.get("extensions") or {}),
            country=str(table.get("country") or ""),
            sip={person: frozenset(facts.get("sip") or ()) for person, facts in table["people"].items()},
            staggered={person: facts["waves"] for person, facts in table["people"].items() if "waves" in facts},
            pops=str(table["project"]) if table.get("pops") else "",
            project=str(table.get("project") or ""),
            card_crms=tuple(table.get("card_crms") or ()),
            numbers=dict(table.get("numbers") or {}),
        )

    def has_phone(self, phone: str) -> bool:
        """Whether ``ivan.desk`` is a phone of a known person."""
        person, _, name = phone.partition(".")
        return name in self.phones.get(person, ())

    def has_outside(self, person: str) -> bool:
        """Whether one of a person's phones is an outside number."""
        return len(self.phones.get(person, ())) > len(self.sip.get(person, ()))

    def waves(self, person: str) -> tuple[Wave, ...]:
        """The waves in which a person's phones ring."""
        return tuple(Wave(*wave) for wave in self.staggered.get(person, ((),)))

    def allows(self, number: str, also: Sequence[re.Pattern[str]] = ()) -> bool:
        """Whether the project allows an outside number; ``also``: the step's narrower destinations."""
        return _matches(number, self.destinations) and (not also or _matches(number, also))


def patterns(texts: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """Compiled destination patterns; ``re`` caches them between calls."""
    return tuple(re.compile(text) for text in texts)


def _matches(number: str, allowed: Sequence[re.Pattern[str]]) -> bool:
    return any(pattern.fullmatch(number) for pattern in allowed)
