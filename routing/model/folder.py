"""A checked scheme folder: everything that a scheme's steps can name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from routing.model import spoken
from routing.model.calendar import Calendar
from routing.model.crm_fields import Crm
from routing.model.gateway import Gateway
from routing.model.parking import spoken as spoken_place
from routing.model.people import Person
from routing.model.pools import Pool
from routing.model.problem import did_you_mean
from routing.model.project import Project

#: Top-level keys of the files that schemes share.
SHARED_KEYS = ("project", "people", "groups", "calendars", "gateways", "pools", "crm")
#: Id of the scheme of the feature codes that phones dial.
CODES = "codes"
#: Names with another meaning in dialplans, which no person, group or scheme may have.
RESERVED = frozenset(
    {CODES, "entry", "numbers", "person", "calendar", "outbound", "internal", "internal_entry", "jump"}
    | {"default", "public"}
)

#: Assumed length of a sound whose length cannot be read.
UNKNOWN_SECONDS = 30.0
#: Any name, or any kind of name.
ANY = "*"
#: (kind, name)
Broken = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Folder:
    """The definitions of a folder by name; ``sounds``: the length in seconds of every file below ``sounds/``."""

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
    #: Names with a faulty definition, each with its kind (``people``, ``calendars``, ... ``sounds``, ``lists``). The
    #: definition is reported, so uses of the name are not. `ANY` name or kind: some files, or parts of them, could not
    #: be read.
    broken: Broken = frozenset()

    def excuses(self, kind: str, name: str) -> bool:
        """Whether an unknown name of a kind may be one of the broken ones."""
        return not self.broken.isdisjoint({(kind, name), (kind, ANY), (ANY, ANY)})

    def is_whole(self, *kinds: str) -> bool:
        """Whether these kinds have no broken names."""
        return not any(kind in (*kinds, ANY) for kind, _ in self.broken)

    def usual_seconds(self, sound: str) -> float:
        """How long a sound usually plays."""
        return spoken.usual_seconds(sound, self.sounds, UNKNOWN_SECONDS)

    def longest_seconds(self, sound: str | None) -> float:
        """How long a sound may play, in any language and by any voice; 0 for none."""
        return spoken.longest_seconds(sound, self.sounds, UNKNOWN_SECONDS) if sound else 0.0

    def sound_complaint(self, sound: str) -> tuple[str, str] | None:
        """Why a sound cannot be played, and a hint: of several the first that cannot."""
        for part in spoken.parts_of(sound):
            complaints = map(self.phrase_complaint, spoken.phrases_of(part))
            files = (self._file_complaint(file) for file in sorted(spoken.recorded([part])))
            if complaint := next(filter(None, (*complaints, *files, self._language_complaint(part))), None):
                return complaint
        return None

    def _language_complaint(self, sound: str) -> tuple[str, str] | None:
        known = self.project.call_languages
        named = list(sound.variants) if isinstance(sound, spoken.SpokenSound) else []
        strange = next((each for each in named if each and each not in known), "")
        if not strange or self.languages_unclear:
            return None
        hint = f"write `project: {{languages: [{', '.join(dict.fromkeys((*known, *named)))}]}}`"
        return f"no call of the project has the language `{strange}`", hint

    def phrase_complaint(self, phrase: spoken.Phrase) -> tuple[str, str] | None:
        """Why no voice speaks this text, with a hint; None when one does."""
        voices = self.project.speech
        if phrase.language in voices or (voices and not phrase.language) or self.excuses("project", "speech"):
            return None
        language = phrase.language or "uk"
        hint = f'write `project: {{speech: {{{language}: "espeak-ng -v {language} --stdin --stdout"}}}}`'
        if phrase.language and voices:
            return f"no voice speaks `{language}`", did_you_mean(language, voices) or hint
        return "the project has no voice for texts", hint

    @property
    def languages_unclear(self) -> bool:
        """Whether the settings that name the languages of calls are reported as faulty."""
        return self.excuses("project", "languages") or self.excuses("project", "speech")

    def _file_complaint(self, sound: str) -> tuple[str, str] | None:
        if sound in self.sounds or ("sounds", ANY) in self.broken:
            return None
        below = sound.removeprefix("sounds/")
        hint = f"paths are relative to sounds/: write `{below}`" if below != sound and below in self.sounds else ""
        return f"there is no sound file `sounds/{sound}`", hint or did_you_mean(sound, self.sounds)

    def shared_sounds(self) -> Iterator[str]:
        """Sounds that no step names: of phones, callbacks, the desk."""
        phones = (phone for person in self.people.values() for phone in person.phones.values())
        callbacks, desk = self.project.callbacks, self.project.desk
        named = [phone.confirm_prompt for phone in phones]
        named += [callbacks.prompt, callbacks.whisper] if callbacks else []
        named += [desk.joining.announce] if desk else []
        named += [each.sound for each in self.project.record_announcement]
        if self.project.parking and self.project.speech:
            named += [spoken_place(number) for number in self.project.parking.numbers]
        yield from (sound for sound in named if sound)

    def cannot_notify(self, name: str) -> tuple[str, str] | None:
        """Why a recipient cannot be notified, with a hint; None for people with an e-mail address and for addresses."""
        person = self.people.get(name)
        if person is not None and person.email is None:
            return f"`{name}` has no `email` for notices", "add it to the person"
        if person is None and "@" not in name and "://" not in name and not self.excuses("people", name):
            return f"`{name}` is neither a person nor an e-mail address", did_you_mean(name, self.people)
        return None

    @property
    def extensions(self) -> dict[str, str]:
        """Extensions of people: extension -> person."""
        return {person.extension: name for name, person in self.people.items() if person.extension}

    @property
    def outside(self) -> dict[str, str]:
        """Outside numbers of phones: number -> phone, ``ivan.mobile``; of several phones with one number, one with a
        confirm key, otherwise the first."""
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
        """SIP accounts: account name -> phone, ``ivan.desk``."""
        return {
            phone.sip: f"{name}.{label}"
            for name, person in self.people.items()
            for label, phone in person.phones.items()
            if phone.sip
        }
