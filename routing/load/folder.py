"""The part of a scheme folder that all schemes share: project, people, groups, calendars, gateways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from routing.load import crm_entries
from routing.load.nodes import Document
from routing.load.top import misnamed, top_keys
from routing.load.validate import EMPTY, Wrong, validate
from routing.model import meant
from routing.model.calendar_fields import CalendarFields
from routing.model.crm_fields import Crm
from routing.model.decision import ID
from routing.model.emergency import is_emergency
from routing.model.fields import Fields, invalid_name_message
from routing.model.folder import ANY, RESERVED, Broken, Folder
from routing.model.gateway import Gateway
from routing.model.people import Group, Person
from routing.model.pools import Pool
from routing.model.problem import Loc, Problem, did_you_mean
from routing.model.project import Project
from routing.steps import targets

_GROUP: TypeAdapter[Any] = TypeAdapter(Group)


@dataclass
class _Named:
    """All entries of one kind by name, with their locations; ``broken``: invalid names, `ANY` for all."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    places: dict[str, tuple[Document, Loc]] = field(default_factory=dict)

    @property
    def excused(self) -> Broken:
        """The broken names in the form of `Folder.broken`."""
        return frozenset((self.kind, name) for name in self.broken)


def shared(
    documents: Sequence[Document], sounds: Mapping[str, float], engine: str, excused: Broken = frozenset()
) -> tuple[Folder | None, list[Problem]]:
    """The folder's shared part and all its problems; None without a usable project.

    ``excused``: names that unreadable files may define (`Folder.broken`).
    """
    problems = [problem for document in documents for problem in top_keys(document)]
    excused = excused.union(*map(misnamed, documents))
    project, unclear = _project(documents, problems, not excused.isdisjoint({(ANY, ANY), ("project", ANY)}))
    excused |= unclear
    country = project.country if project else None
    people = _collect(documents, "people", Person, country, problems)
    groups = _collect(documents, "groups", _GROUP, country, problems)
    calendars = _collect(documents, "calendars", CalendarFields, country, problems)
    gateways = _collect(documents, "gateways", Gateway, country, problems)
    pools = _collect(documents, "pools", Pool, country, problems)
    crms = _collect(documents, "crm", Crm, country, problems)
    if project is None:
        return None, problems
    folder = Folder(
        project,
        people.values,
        groups.values,
        {name: fields.calendar(name, project.timezone) for name, fields in calendars.values.items()},
        gateways.values,
        sounds=sounds,
        pools=pools.values,
        crm=crms.values,
        engine=engine,
        broken=excused.union(*(named.excused for named in (people, groups, calendars, gateways, pools, crms))),
    )
    problems += [*_check(folder, people, groups), *crm_entries.check_entities(folder, crms.places)]
    problems += _check_project(folder, documents)
    known = {name: _by_known_gateways(person, folder) for name, person in people.values.items()}
    vague = {name for name, members in folder.groups.items() if any(targets.unknown(each, folder) for each in members)}
    return replace(folder, people=known, broken=folder.broken | {("groups", name) for name in vague}), problems


def _by_known_gateways(person: Person, folder: Folder) -> Person:
    """The person without unknown gateways, which have been reported and must not be looked up again."""
    if all(phone.gateway in (None, *folder.gateways) for phone in person.phones.values()):
        return person
    by_first = {label: phone.model_copy(update={"gateway": None}) for label, phone in person.phones.items()}
    return person.model_copy(update={"phones": by_first})


def _project(documents: Sequence[Document], problems: list[Problem], unread: bool) -> tuple[Project | None, Broken]:
    """The project, and its settings that are reported as faulty or misspelt, as `Folder.broken`."""
    found: Project | None = None
    unclear: Broken = frozenset()
    holders = [document for document in documents if isinstance(document.data, dict) and "project" in document.data]
    if not holders and not unread:
        problems.append(
            Problem("project.yaml", 1, 1, "", "no file holds `project:`", "write `project: {name: ..., timezone: ...}`")
        )
    for document in holders:
        if document is not holders[0]:
            problems.append(
                document.problem(("project",), f"a second project; the first is in {holders[0].file}", at_key=True)
            )
            continue
        result = validate(Project, document, ("project",), document.data["project"], None)
        if isinstance(result, Wrong):
            problems += result
            found = _as_far_as_it_goes(document.data["project"], result)
            unclear = frozenset(("project", str(loc[0])) for loc in (*result.locs, *result.meant) if loc)
        else:
            found = result
    return found, unclear


def _as_far_as_it_goes(data: Any, wrong: Wrong) -> Project | None:
    """A project without its invalid settings, so that the same run checks the rest of the folder.

    None when the country is invalid: every number written without it would be reported too.
    """
    bad = {problem.path.removeprefix("project.").split(".")[0].split("[")[0] for problem in wrong}
    if not isinstance(data, dict) or "country" in bad:
        return None
    kept = {key: value for key, value in data.items() if key in Project.model_fields and key not in bad}
    if "tracking" in bad and isinstance(data["tracking"], dict) and isinstance(data["tracking"].get("entities"), dict):
        kept["tracking"] = {"origins": "https://example.com", "entities": dict.fromkeys(data["tracking"]["entities"])}
    elif "tracking" in bad:
        kept["tracking"] = {"origins": "https://example.com"}
    try:
        return Project.model_validate({"name": "project", "timezone": "UTC"} | kept)
    except ValidationError:
        return None


def _entries(
    documents: Sequence[Document], kind: str, problems: list[Problem], broken: set[str]
) -> Iterator[tuple[Document, str, Any]]:
    """Every entry of a kind with a valid and unique name."""
    seen: dict[str, str] = {}
    for document in documents:
        part = document.data.get(kind, {}) if isinstance(document.data, dict) else {}
        if part is None:
            hint = "write `name: ...` lines below it, or remove the key"
            problems.append(document.problem((kind,), EMPTY, hint, at_key=True))
            continue
        if not isinstance(part, dict):
            problems.append(document.problem((kind,), "must be a mapping: `name: ...` lines"))
            broken.add(ANY)
            continue
        for name, value in part.items():
            message = ""
            if name in RESERVED:
                message = f"`{name}` is a reserved name of the dialplan: choose another"
            elif not ID.fullmatch(name):
                message = invalid_name_message(name)
            elif name in seen:
                message = f"`{name}` is defined twice; first in {seen[name]}"
            if message:
                problems.append(document.problem((kind, name), message, at_key=True))
                broken.update({name, meant.name(name)} - {""})
            else:
                seen[name] = document.file
                yield document, name, value


def _collect(
    documents: Sequence[Document],
    kind: str,
    model: type[Fields] | TypeAdapter[Any],
    country: str | None,
    problems: list[Problem],
) -> _Named:
    named = _Named(kind)
    for document, name, value in _entries(documents, kind, problems, named.broken):
        result: Any = (
            crm_entries.read(document, name, value)
            if kind == "crm"
            else validate(model, document, (kind, name), value, country)
        )
        if isinstance(result, Wrong):
            problems += result
            named.broken.add(name)
        else:
            named.values[name] = result
            named.places[name] = (document, (kind, name))
    return named


def _check(folder: Folder, people: _Named, groups: _Named) -> Iterator[Problem]:
    """Checks across entries: names exist, accounts and extensions are unique, no group contains itself."""
    for name, (document, loc) in people.places.items():
        yield from _check_person(name, document, loc, folder)
    yield from _twice(folder, people)
    yield from crm_entries.check(folder, people.places)
    for name, (document, loc) in groups.places.items():
        if name in folder.people:
            yield document.problem(loc, f"`{name}` is both a person and a group: rename one of them", at_key=True)
        for index, member in enumerate(folder.groups[name]):
            if complaint := targets.unknown(member, folder):
                yield document.problem((*loc, index), *complaint)
        if problem := targets.nesting(name, folder):
            yield document.problem(loc, problem, at_key=True)


def _check_project(folder: Folder, documents: Sequence[Document]) -> Iterator[Problem]:
    document = next(each for each in documents if isinstance(each.data, dict) and "project" in each.data)
    for index, recipient in enumerate(folder.project.notify):
        if complaint := folder.cannot_notify(recipient):
            yield document.problem(("project", "notify", index), *complaint)


def _check_person(name: str, document: Document, loc: Loc, folder: Folder) -> Iterator[Problem]:
    person = folder.people[name]
    for index, entry in enumerate(person.ring or ()):
        if entry.name not in person.phones:
            hint = did_you_mean(entry.name, person.phones)
            yield document.problem((*loc, "ring", index), f"{name} has no phone `{entry.name}`", hint)
    for label, phone in person.phones.items():
        if phone.gateway and phone.gateway not in folder.gateways and not folder.excuses("gateways", phone.gateway):
            hint = did_you_mean(phone.gateway, folder.gateways)
            yield document.problem((*loc, "phones", label, "gateway"), f"no gateway is called `{phone.gateway}`", hint)
        if phone.confirm_prompt and (complaint := folder.sound_complaint(phone.confirm_prompt)):
            yield document.problem((*loc, "phones", label, "confirm_prompt"), *complaint)


def _twice(folder: Folder, people: _Named) -> Iterator[Problem]:
    """SIP accounts and extensions share one numbering plan; a person's extension may be one of their accounts."""
    seen: dict[str, tuple[str, str, str]] = {}
    for name, (document, loc) in people.places.items():
        person = folder.people[name]
        used = [((*loc, "phones", label, "sip"), phone.sip) for label, phone in person.phones.items() if phone.sip]
        if person.extension:
            used.append(((*loc, "extension"), person.extension))
        for where, number in used:
            if is_emergency(number, folder.project.country):
                yield document.problem(where, f"`{number}` is an emergency number", "phones must be able to dial it")
            # FreeSWITCH finds accounts whatever their case
            written, holder, kind = seen.get(number.lower(), ("", "", ""))
            if holder and (holder != name or kind == where[-1]):
                hint = "accounts and extensions are unique" + ("" if written == number else ", whatever their case")
                yield document.problem(where, f"`{number}` is in use by {holder}", hint)
            seen.setdefault(number.lower(), (number, name, str(where[-1])))
