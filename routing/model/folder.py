"""A whole scheme folder once it is checked: everything that a scheme's steps can name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from routing.model.calendar import Calendar
from routing.model.crm_fields import Crm
from routing.model.people import Person
from routing.model.pools import Pool
from routing.model.problem import did_you_mean
from routing.model.project import Gateway, Project

#: Id of the scheme behind the codes that phones dial.
CODES = "codes"
#: Words that name something else in dialplans, so no person, group or scheme may have them.
RESERVED = frozenset(
    {CODES, "entry", "numbers", "person", "calendar", "outbound", "internal", "internal_entry", "jump"}
    | {"default", "public"}
)

#: Any name, any kind of name.
ANY = "*"
#: (kind, name)
Broken = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Folder:
    """Names and what they stand for; ``sounds`` has the length in seconds of every file below ``sounds/``."""

    project: Project
    people: Mapping[str, Person] = field(default_factory=dict)
    groups: Mapping[str, list[str]] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    gateways: Mapping[str, Gateway] = field(default_factory=dict)
    schemes: frozenset[str] = frozenset()
    sounds: Mapping[str, float] = field(default_factory=dict)
    engine: str = "127.0.0.1:8084"
    #: Numbers in E.164 of every file below ``lists/``, by the file's name without ``.txt``.
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    crm: Mapping[str, Crm] = field(default_factory=dict)
    #: Names that are defined but wrong, each with its kind (``people``, ``calendars``, ... ``sounds``, ``lists``):
    #: reported where they stand, so that nothing that uses them is reported too. `ANY` name or kind: there are files or
    #: parts of them that could not be read.
    broken: Broken = frozenset()

    def excuses(self, kind: str, name: str) -> bool:
        """Whether a name of a kind that is not here may be one of those."""
        return not self.broken.isdisjoint({(kind, name), (kind, ANY), (ANY, ANY)})

    def is_whole(self, *kinds: str) -> bool:
        """Whether everything of these kinds is here, none of it wrong."""
        return not any(kind in (*kinds, ANY) for kind, _ in self.broken)

    def unheard(self, sound: str) -> tuple[str, str] | None:
        """Why a sound cannot be played, and a hint."""
        if sound in self.sounds or ("sounds", ANY) in self.broken:
            return None
        below = sound.removeprefix("sounds/")
        hint = f"paths begin below sounds/: write `{below}`" if below != sound and below in self.sounds else ""
        return f"there is no sound file `sounds/{sound}`", hint or did_you_mean(sound, self.sounds)

    def cannot_notify(self, name: str) -> tuple[str, str] | None:
        """Why somebody cannot be told, and a hint; None for a person with an e-mail address, and for an address."""
        person = self.people.get(name)
        if person is not None and person.email is None:
            return f"`{name}` has no `email` to be told at", "add it to the person"
        if person is None and "@" not in name and "://" not in name and not self.excuses("people", name):
            return f"`{name}` is neither a person nor an e-mail address", did_you_mean(name, self.people)
        return None

    @property
    def extensions(self) -> dict[str, str]:
        """Internal numbers of people: extension to person."""
        return {person.extension: name for name, person in self.people.items() if person.extension}

    @property
    def outside(self) -> dict[str, str]:
        """Outside numbers of phones: number to phone, ``ivan.mobile``; of several with one number, one that must be
        confirmed, else the first."""
        phones = [
            (phone, f"{name}.{label}") for name, person in self.people.items() for label, phone in person.phones.items()
        ]
        found: dict[str, str] = {}
        for phone, name in sorted(phones, key=lambda each: each[0].confirm is None):
            if phone.number:
                found.setdefault(phone.number, name)
        return found

    @property
    def accounts(self) -> dict[str, str]:
        """SIP accounts: account name to phone, ``ivan.desk``."""
        return {
            phone.sip: f"{name}.{label}"
            for name, person in self.people.items()
            for label, phone in person.phones.items()
            if phone.sip
        }
