"""The project that an import builds: people, groups, calendars, trunks and schemes, each with where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from routing.imports.calendars import TimeRule
from routing.imports.names import NameBook, safe
from routing.imports.report import ImportReport
from routing.imports.rows import Row
from routing.model import numbers

Steps = list[dict[str, Any]]
#: The hangup cause where steps are missing; `routing test` derives no test from it.
NOT_CARRIED = "DESTINATION_OUT_OF_ORDER"
#: So many numbers are listed in a note.
MOST_NUMBERS = 20
#: Step kinds after which nothing runs.
ENDS = frozenset({"voicemail", "scheme", "hangup", "conference"})


@dataclass
class DraftPerson:
    """A person, with the phones of the other system."""

    id: str
    name: str
    source: str
    extension: str = ""
    email: str = ""
    phones: dict[str, dict[str, Any]] = field(default_factory=dict)
    ring: list[Any] = field(default_factory=list)
    #: Whether the other system has a voicemail box for them; its greeting.
    has_voicemail: bool = False
    mails: list[str] = field(default_factory=list)
    #: Ring time of a call for this person, in seconds.
    ring_s: int = 20
    #: Where calls go that they do not answer, instead of the voicemail.
    unanswered: Steps = field(default_factory=list)


@dataclass
class DraftCalendar:
    """A calendar: the conditions of the other system, and the fields that stand for them."""

    id: str
    source: str
    rules: Sequence[TimeRule]
    fields: dict[str, Any]
    timezone: str = ""
    #: Always open until somebody closes it by hand.
    is_switch: bool = False


@dataclass
class DraftScheme:
    """A scheme: what one ring group, menu, condition or number of the other system does."""

    id: str
    title: str
    source: str
    steps: Steps = field(default_factory=list)
    numbers: list[Any] = field(default_factory=list)
    notify: list[str] = field(default_factory=list)
    #: Its folder below schemes/.
    folder: str = "schemes"
    record: str = ""
    #: What the other system calls its numbers.
    number_notes: list[str] = field(default_factory=list)


@dataclass
class ImportDraft:
    """Everything that is written; ``today`` is the first day for which dates are written out."""

    system: str
    name: str
    country: str
    timezone: str
    today: date
    people: dict[str, DraftPerson] = field(default_factory=dict)
    groups: dict[str, tuple[list[Any], str]] = field(default_factory=dict)
    calendars: dict[str, DraftCalendar] = field(default_factory=dict)
    gateways: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)
    schemes: dict[str, DraftScheme] = field(default_factory=dict)
    #: Placeholder below sounds/ -> the recording of the other system; its bytes, where the dump has them.
    sounds: dict[str, str] = field(default_factory=dict)
    recordings: dict[str, bytes] = field(default_factory=dict)
    report: ImportReport = field(default_factory=ImportReport)
    names: dict[str, NameBook] = field(default_factory=dict)
    #: Name of a secret -> the password of the other system, where the user asks for them.
    keeps_passwords: bool = False
    passwords: dict[str, str] = field(default_factory=dict)

    def new_name(self, kind: str, text: str, default: str) -> str:
        """An unused id. People and groups share their names."""
        return self.names.setdefault(kind, NameBook()).name(text, default)

    def number(self, text: str) -> str:
        """The E.164 form of a dialled number; empty when it is none."""
        try:
            return numbers.normalise(numbers.called(text, self.country), self.country)
        except ValueError:
            return ""

    def sound(self, origin: str) -> str:
        """The placeholder of a recording."""
        for path, known in self.sounds.items():
            if known == origin:
                return path
        stem = origin.rpartition("/")[2].rpartition(".")[0] or origin.rpartition("/")[2]
        path = f"imported/{self.new_name('sound', stem, 'recording')}.wav"
        self.sounds[path] = origin
        return path

    def outside(self, number: str, source: str) -> str:
        """The name that rings an outside number: a phone that somebody has, or a new person."""
        for person in self.people.values():
            for phone, fields in person.phones.items():
                if fields.get("number") == number:
                    return f"{person.id}.{phone}"
        name = self.new_name("person", f"outside_{number.lstrip('+')}", "outside")
        self.people[name] = DraftPerson(name, number, source, phones={"line": {"number": number}})
        return name

    def scheme(self, text: str, source: str, folder: str) -> DraftScheme:
        """A new scheme without steps."""
        found = DraftScheme(self.new_name("scheme", text, "scheme"), safe(text), source, folder=folder)
        self.schemes[found.id] = found
        return found

    def lead(self, number: str, note: str, title: str, steps: Steps, record: str = "") -> DraftScheme:
        """Steps for a number, or for none: a scheme that is there, when they only go to it, or a new one."""
        kind, target = next(iter(steps[0].items()))
        if kind == "scheme" and len(steps) == 1 and not record:
            scheme = self.schemes[target]
        else:
            scheme = self.scheme(title, note, "numbers")
            scheme.steps, scheme.record = steps, record
        if number:
            scheme.numbers.append(number)
            scheme.number_notes.append(title)
        return scheme

    def break_circles(self) -> None:
        """Schemes that only go to each other, in a circle, end the call: nobody was ever reached there."""
        for scheme in self.schemes.values():
            way, target = {scheme.id}, _only_target(scheme)
            while target and target not in way:
                way.add(target)
                target = _only_target(self.schemes[target])
            if target:
                scheme.steps = [unknown_end()]
                what = "it leads back to itself in a circle"
                self.report.lost(Row(scheme.folder, 0, {}), scheme.source, "steps", what, "write its steps")

    def note_inside(self, numbers: Iterable[str]) -> None:
        """Say which numbers colleagues dialled for schemes: extensions are people's alone here."""
        if found := sorted(filter(None, numbers)):
            more = f" and {len(found) - MOST_NUMBERS} more" if len(found) > MOST_NUMBERS else ""
            self.report.notes.append(
                f"colleagues cannot dial {', '.join(map(safe, found[:MOST_NUMBERS]))}{more} any more: extensions lead "
                "to people alone; give a scheme an outside number where they need it"
            )

    def ring_person(self, person: DraftPerson) -> Steps:
        """What a call for an extension does: ring, then the voicemail or whatever follows."""
        steps: Steps = [{"ring": {"to": person.id, "for": f"{person.ring_s}s"}}]
        return [*steps, *(person.unanswered or (self.voicemail(person) if person.has_voicemail else [no_answer()]))]

    def voicemail(self, person: DraftPerson) -> Steps:
        """Their box, and a notice to their addresses."""
        addresses = [person.id] if person.email else []
        addresses += [mail for mail in person.mails if mail != person.email]
        return [{"voicemail": {"box": person.id, **({"notify": addresses} if addresses else {})}}]


def _only_target(scheme: DraftScheme) -> str:
    """The scheme to which a scheme goes at once; empty when it does anything else."""
    return str(scheme.steps[0].get("scheme", "")) if len(scheme.steps) == 1 else ""


def unknown_end() -> dict[str, Any]:
    """Where something of the other system has no counterpart: the call ends, and the cause says so."""
    return {"hangup": {"cause": NOT_CARRIED}}


def no_answer() -> dict[str, Any]:
    """The end of a call that nobody took."""
    return {"hangup": {"cause": "NO_ANSWER"}}


def ended(steps: Steps) -> Steps:
    """Steps that end the call in any case."""
    return steps if _ends(steps) else [*steps, no_answer()]


def _ends(steps: Steps) -> bool:
    if not steps:
        return False
    ((kind, settings),) = steps[-1].items()
    if kind in ENDS:
        return True
    if kind == "hours":
        return _ends(settings.get("open", [])) and _ends(settings.get("closed", []))
    if kind == "menu" and not settings.get("extensions"):
        branches = [*settings.get("options", {}).values(), settings.get("otherwise", [])]
        return all(map(_ends, branches))
    return False
