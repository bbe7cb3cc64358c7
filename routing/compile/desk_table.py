"""``desk.json`` of a release: who may sign in to the desk; and problems of that setting across files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from routing.compile.desk_reports import email_of, report_facts, report_problems
from routing.compile.scheme import SchemeRecord
from routing.compile.table_text import long_table_json
from routing.compile.tones import tones
from routing.load.files import SOUNDS
from routing.load.nodes import Document
from routing.model.callback_plan import calendar_facts
from routing.model.desk import Role, WebDesk
from routing.model.folder import Folder
from routing.model.problem import Problem, did_you_mean

#: The table's file in a release.
TABLE = "desk.json"


def desk_problems(folder: Folder, documents: Sequence[Document]) -> Iterator[Problem]:
    """Groups that nobody has written, and users who are nobody's name and state none."""
    desk = folder.project.desk
    if not desk:
        return
    document = next(each for each in documents if isinstance(each.data, dict) and "project" in each.data)
    for user, settings in desk.users.items():
        loc = ("project", "desk", "users", user)
        for at, group in enumerate(settings.groups):
            if group not in folder.groups and not folder.excuses("groups", group):
                hint = did_you_mean(group, folder.groups)
                yield document.problem((*loc, "groups", at), f"no group is called `{group}`", hint)
        if user not in folder.people and not settings.name and not folder.excuses("people", user):
            hint = did_you_mean(user, folder.people) or "somebody who is no person of `people` needs a `name`"
            yield document.problem(loc, f"nobody is called `{user}`", hint, at_key=True)
    announced = desk.joining.announce
    if announced and announced not in tones() and (complaint := folder.sound_complaint(announced)):
        yield document.problem(("project", "desk", "joining", "announce"), *complaint)
    yield from report_problems(folder, desk, document, partial(_members, folder))


def desk_json(folder: Folder, records: Sequence[SchemeRecord], longest: Mapping[str, float]) -> str:
    """The table: every user with role, name, address and people; the names that pages show.

    ``longest``: the longest wait of each scheme (`routing.compile.waits`).
    """
    desk, project = folder.project.desk or WebDesk(), folder.project
    return long_table_json(
        {
            "project": project.name,
            "timezone": project.timezone,
            "country": project.country,
            "language": desk.language,
            "password": desk.password,
            "proxy": desk.proxy.model_dump() if desk.proxy else None,
            "openid": _openid(desk),
            "joining": _joining(desk),
            "users": _users(folder, desk),
            "reports": report_facts(folder, desk, partial(_members, folder)),
            "people": {name: _person(folder, name) for name in folder.people},
            "groups": {name: _members(folder, name) for name in sorted(folder.groups)},
            "calendars": {name: calendar_facts(calendar) for name, calendar in sorted(folder.calendars.items())},
            "schemes": {record.scheme: _scheme(record, longest[record.scheme]) for record in records},
            "destinations": list(project.regions),
        }
    )


def _openid(desk: WebDesk) -> dict[str, Any] | None:
    if desk.openid is None:
        return None
    facts = desk.openid.model_dump()
    return facts | {"label": desk.openid.label or urlsplit(desk.openid.issuer).hostname}


def _joining(desk: WebDesk) -> dict[str, Any]:
    """``announce``: a file of the release."""
    announced = desk.joining.announce
    return {"allowed": desk.joining.allowed, "announce": f"{SOUNDS}/{announced}" if announced else ""}


def _users(folder: Folder, desk: WebDesk) -> dict[str, Any]:
    names = dict.fromkeys((*folder.people, *desk.users))
    return {name: _user(folder, desk, name) for name in names}


def _user(folder: Folder, desk: WebDesk, user: str) -> dict[str, Any]:
    settings, person = desk.users.get(user), folder.people.get(user)
    facts = {
        "role": settings.role if settings else Role.PERSON,
        "name": (settings and settings.name) or (person.name if person else user),
        "email": email_of(folder, desk, user),
        "groups": list(settings.groups) if settings else [],
    }
    return {name: value for name, value in facts.items() if value}


def _person(folder: Folder, name: str) -> dict[str, Any]:
    person = folder.people[name]
    facts = {"name": person.name, "extension": person.extension, "email": person.email}
    phones = {label: phone.sip or phone.number for label, phone in person.phones.items()}
    return {key: value for key, value in facts.items() if value} | {"phones": phones, "skills": person.skills}


def _scheme(record: SchemeRecord, longest: float) -> dict[str, Any]:
    numbers = [number for number, _, _ in record.numbers]
    facts = {"title": record.title, "hours": record.hours, "longest_s": round(longest)}
    return {"numbers": numbers} | {name: value for name, value in facts.items() if value}


def _members(folder: Folder, group: str) -> list[str]:
    """The people of a group, those of groups in it too."""
    found, names = {group}, [group]
    for each in names:  # grows on the way
        inside = {name.partition(".")[0] for name in folder.groups.get(each, ())} - found
        found |= inside
        names += inside
    return sorted(found & folder.people.keys())
