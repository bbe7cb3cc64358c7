"""Scheme tests of an imported project, from the settings of the other system: hours, menu keys, whoever rings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import phonenumbers

from routing.imports.calendars import moments
from routing.imports.draft import NOT_CARRIED, DraftScheme, ImportDraft, Steps

#: Paths of one scheme that become tests, and steps of a path.
MOST_TESTS, MOST_STEPS = 16, 24


@dataclass(frozen=True)
class Path:
    """A way through the schemes: what is chosen on it, and what must happen."""

    hours: tuple[tuple[str, bool], ...] = ()
    digits: str = ""
    caller: str = ""
    titles: tuple[str, ...] = ()
    expect: tuple[dict[str, Any], ...] = ()
    depth: int = 0
    is_finished: bool = False
    #: The last menu takes extensions: further keys would be digits of one.
    is_typed: bool = False

    def then(self, *expect: dict[str, Any], title: str = "", **changes: Any) -> Path:
        """The path with one event more."""
        titles = (*self.titles, title) if title else self.titles
        return replace(self, expect=self.expect + expect, titles=titles, depth=self.depth + 1, **changes)


def tests_of(draft: ImportDraft) -> Iterator[tuple[DraftScheme, list[Mapping[str, Any]]]]:
    """The tests of each scheme to which a number leads."""
    for scheme in list(draft.schemes.values()):
        if scheme.numbers:
            paths = Walker(draft, [scheme.id]).walk(scheme.steps, [Path()])[:MOST_TESTS]
            tests = [test for path in paths if (test := _test(draft, scheme, path))]
            if tests:
                yield scheme, _named(tests)


def _named(tests: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    seen: dict[str, int] = {}
    for test in tests:
        seen[test["name"]] = seen.get(test["name"], 0) + 1
        if seen[test["name"]] > 1:
            test["name"] = f"{test['name']} ({seen[test['name']]})"
    return [*tests]


def _test(draft: ImportDraft, scheme: DraftScheme, path: Path) -> dict[str, Any] | None:
    at = _moment(draft, path)
    if at is None or not path.expect or path.expect[-1] == {"end": NOT_CARRIED}:
        return None
    first = scheme.numbers[0]
    number = first["number"] if isinstance(first, dict) else first
    name = f"{scheme.title or scheme.id}: {', '.join(path.titles) or 'a call'}"
    call = {"to": number, "from": path.caller or _caller(draft, number), "at": at}
    caller = {"caller": {"digits": path.digits}} if path.digits else {}
    closed = {name: "closed" for name, is_open in path.hours if draft.calendars[name].is_switch and not is_open}
    by_hand = {"hours": closed} if closed else {}
    return {"name": name, "call": call, **by_hand, **caller, "expect": list(path.expect)}


def _moment(draft: ImportDraft, path: Path) -> str | None:
    """A moment at which every calendar of the path is as the path says, by the other system's conditions."""
    states = dict(path.hours)
    if len(states) < len(set(path.hours)):
        return None
    states = {name: is_open for name, is_open in states.items() if not draft.calendars[name].is_switch}
    if not states:
        return f"{_weekday(draft)} 11:00"
    calendars = {name: draft.calendars[name] for name in states}
    zones = {calendar.timezone or draft.timezone for calendar in calendars.values()}
    if len(zones) > 1:
        return None
    zone = zones.pop()
    rules = [rule for calendar in calendars.values() for rule in calendar.rules]
    for moment, _ in moments(rules, draft.today):
        if all(_matches(draft, name, moment) == is_open for name, is_open in states.items()):
            return f"{moment:%Y-%m-%d %H:%M}" + ("" if zone == draft.timezone else f" {zone}")
    return None


def _matches(draft: ImportDraft, calendar: str, moment: datetime) -> bool:
    return any(rule.matches(moment) for rule in draft.calendars[calendar].rules)


def _weekday(draft: ImportDraft) -> str:
    return f"{next(moments((), draft.today))[0]:%Y-%m-%d}"


def _caller(draft: ImportDraft, called: str) -> str:
    """A number of the country that is nobody's phone in the project."""
    found = phonenumbers.example_number_for_type(draft.country, phonenumbers.PhoneNumberType.MOBILE)
    if found is None:
        return "anonymous"
    number = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    return "anonymous" if number == called else number


def _heard(sound: Any) -> list[dict[str, Any]]:
    """A recording, or several in a row."""
    return [{"play": each} for each in (sound if isinstance(sound, list) else [sound])]


def _at_once(entries: list[Any]) -> list[str]:
    """The names of a ring list that are not delayed."""
    pairs = [(each, {}) if isinstance(each, str) else next(iter(each.items())) for each in entries]
    return [name for name, settings in pairs if "after" not in settings]


@dataclass
class Walker:
    """Follows steps as a caller meets them whom nobody answers."""

    draft: ImportDraft
    seen: list[str] = field(default_factory=list)

    def walk(self, steps: Steps, paths: list[Path]) -> list[Path]:
        """Every path through a list of steps; those that are not finished go on behind it."""
        for step in steps:
            ((kind, settings),) = step.items()
            found: list[Path] = []
            for path in paths:
                if path.is_finished or path.depth > MOST_STEPS:
                    found.append(replace(path, is_finished=True))
                else:
                    found += getattr(self, f"_{kind}", self._unknown)(settings, path)
            paths = found[: MOST_TESTS * 4]
        return paths

    def _unknown(self, settings: Any, path: Path) -> list[Path]:
        return [replace(path, is_finished=True)]

    def _play(self, settings: Any, path: Path) -> list[Path]:
        return [path.then(*_heard(settings))]

    def _hours(self, settings: Any, path: Path) -> list[Path]:
        name, paths = settings["calendar"], []
        for is_open in (True, False):
            word = "open" if is_open else "closed"
            chosen = path.then({"hours": word}, title=f"{name} {word}", hours=(*path.hours, (name, is_open)))
            paths += self.walk(settings.get(word, []), [chosen])
        return paths

    def _menu(self, settings: Any, path: Path) -> list[Path]:
        heard = path.then(*_heard(settings["prompt"]))
        if path.is_typed:
            return [replace(heard, is_finished=True)]
        paths = []
        has_extensions = settings.get("extensions", False)
        for key, steps in settings.get("options", {}).items():
            pressed = heard.then(title=f"key {key}", digits=path.digits + key, is_typed=has_extensions)
            paths += self.walk(steps, [pressed])
        silent = heard.then(title="no key")
        if path.digits and "otherwise" in settings:
            return paths  # the keys of the next menu would be taken for this one
        return paths + self.walk(settings.get("otherwise", []), [silent])

    def _match(self, settings: Any, path: Path) -> list[Path]:
        (case,) = settings
        caller = case["when"]["caller"][0]
        if path.caller:
            return [path]
        matched = self.walk(case["steps"], [path.then(title=f"caller {caller}", caller=caller)])
        return [*matched, path]

    def _scheme(self, settings: Any, path: Path) -> list[Path]:
        if settings in self.seen or len(self.seen) > 40:
            return [replace(path, is_finished=True)]
        self.seen.append(settings)
        found = self.walk(self.draft.schemes[settings].steps, [path.then({"scheme": settings})])
        self.seen.pop()
        return [replace(each, is_finished=True) for each in found]

    def _ring(self, settings: Any, path: Path) -> list[Path]:
        if settings.get("order", "together") not in ("together", "in_order") or "only" in settings:
            return [path.then(is_finished=True) if path.expect else path]
        names = settings["to"] if isinstance(settings["to"], list) else [settings["to"]]
        at_once = _at_once(names)
        phones = [phone for name in at_once for phone in self._phones(name)]
        if not phones:
            return [path]
        return [path.then({"ring": phones[0]})]

    def _phones(self, name: str) -> list[str]:
        """The phones that ring at once."""
        if name in self.draft.groups:
            return [phone for each in self.draft.groups[name][0] for phone in self._phones(each)]
        if "." in name:
            return [name]
        person = self.draft.people[name]
        return [f"{name}.{phone}" for phone in _at_once(person.ring or list(person.phones))]

    def _queue(self, settings: Any, path: Path) -> list[Path]:
        return [path.then(is_finished=True)]

    def _voicemail(self, settings: Any, path: Path) -> list[Path]:
        return [path.then({"voicemail": settings["box"]}, is_finished=True)]

    def _hangup(self, settings: Any, path: Path) -> list[Path]:
        cause = settings["cause"] if isinstance(settings, dict) else "NORMAL_CLEARING"
        return [path.then({"end": cause}, is_finished=True)]
