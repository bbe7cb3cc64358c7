"""``callbacks.json`` of a release (`routing.model.callback_plan`), and problems of callbacks across files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from routing.compile.scheme import SchemeRecord
from routing.compile.table_text import table_json
from routing.load.nodes import Document
from routing.model import numbers
from routing.model.callback_plan import calendar_facts
from routing.model.folder import Folder
from routing.model.problem import Problem, did_you_mean


def callback_problems(
    folder: Folder, documents: Sequence[Document], records: Sequence[SchemeRecord], broken: Collection[str]
) -> Iterator[Problem]:
    """Unknown names in `callbacks` of the project, schemes that its steps name and nobody has written, and callbacks
    without a gateway."""
    for record in records:
        if record.calls_missed_back and not folder.project.callbacks and not folder.excuses("project", "callbacks"):
            line, column, path = record.calls_missed_back
            hint = "write `project: {callbacks: {}}`"
            yield Problem(record.file, line, column, path, "the project calls nobody back", hint)
    yield from _unknown_schemes(records, broken)
    if not folder.project.callbacks:
        return
    settings = folder.project.callbacks
    document = next(each for each in documents if isinstance(each.data, dict) and "project" in each.data)
    loc = ("project", "callbacks")
    if not folder.gateways and folder.is_whole("gateways"):
        message = "clients are called back through a gateway and the project has none"
        yield document.problem(loc, message, "add `gateways:`", at_key=True)
    for key in ("prompt", "whisper"):
        sound = getattr(settings, key)
        if sound and (complaint := folder.sound_complaint(sound)):
            yield document.problem((*loc, key), *complaint)
    name = settings.calendar
    if name and name not in folder.calendars and not folder.excuses("calendars", name):
        hint = did_you_mean(name, folder.calendars)
        yield document.problem((*loc, "calendar"), f"no calendar is called `{name}`", hint)
    known = {record.scheme for record in records}
    if settings.scheme and settings.scheme not in known and not {settings.scheme, "*"} & set(broken):
        message = f"no scheme is called `{settings.scheme}`"
        yield document.problem((*loc, "scheme"), message, did_you_mean(settings.scheme, known))
    for at, listed in enumerate(settings.exclude):
        if listed not in folder.lists and not folder.excuses("lists", listed):
            hint = did_you_mean(listed, folder.lists) or f"write the numbers into lists/{listed}.txt"
            yield document.problem((*loc, "exclude", at), f"there is no list `{listed}`", hint)


def _unknown_schemes(records: Sequence[SchemeRecord], broken: Collection[str]) -> Iterator[Problem]:
    known = {record.scheme for record in records}
    for record in records:
        for scheme, (line, column, path) in record.callbacks:
            if scheme not in known and not {scheme, "*"} & set(broken):
                message = f"no scheme is called `{scheme}`"
                yield Problem(record.file, line, column, path, message, did_you_mean(scheme, known))


def callbacks_json(folder: Folder, records: Sequence[SchemeRecord]) -> str:
    """The table of a folder with `callbacks`."""
    settings, project = folder.project.callbacks, folder.project
    assert settings
    own = {number for gateway in folder.gateways.values() for number in gateway.numbers} | folder.outside.keys()
    own |= {number for record in records for number, _, _ in record.numbers}
    quiet = settings.quiet_hours
    return table_json(
        {
            "project": project.name,
            "timezone": project.timezone,
            "country": project.country,
            "tries": settings.tries,
            "keep_s": settings.keep,
            "first": settings.first,
            "calendar": settings.calendar,
            "quiet": [quiet.start, quiet.end] if quiet else None,
            "at_once": settings.at_once,
            "minutes_a_day": settings.minutes_a_day,
            "webhook": settings.webhook,
            "scheme": settings.scheme,
            "key": settings.key,
            "origins": settings.origins,
            "limits": settings.limits.model_dump(),
            "destinations": [numbers.destination_pattern(region) for region in project.regions],
            "own": sorted(own),
            "excluded": sorted({number for name in settings.exclude for number in folder.lists.get(name, ())}),
            "entities": sorted(project.tracking.entities) if project.tracking else [],
            "calendars": {name: calendar_facts(calendar) for name, calendar in sorted(folder.calendars.items())},
            "schemes": {record.scheme: _scheme(record, folder, records) for record in records},
        }
    )


def _scheme(record: SchemeRecord, folder: Folder, records: Sequence[SchemeRecord]) -> dict[str, Any]:
    """What callbacks know of a scheme, without what is empty; people as e-mail addresses."""
    names = record.notify or folder.project.notify
    addresses = [folder.people[name].email if name in folder.people else name for name in names]
    facts = {
        "number": record.numbers[0][0] if record.numbers else "",
        "hours": record.hours,
        "missed": bool(record.calls_missed_back),
        "notify": addresses,
        "people": _takers(record.scheme, folder, {each.scheme: each for each in records}),
    }
    return {name: value for name, value in facts.items() if value}


def _takers(scheme: str, folder: Folder, records: Mapping[str, SchemeRecord]) -> list[str]:
    """The people who may be rung in a scheme and those that it goes on to; none where only the moment knows."""
    reached, queue = set(), [scheme]
    while queue:
        name = queue.pop()
        if name not in reached and name in records:
            reached.add(name)
            queue += [target for target, _, _ in records[name].jumps]
        elif name == "*":
            return []
    people = {person for name in reached for person in records[name].people}
    if "?" in people:
        return []
    return sorted(folder.people if "*" in people else people)
