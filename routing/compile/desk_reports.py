"""The desk's reports by e-mail: problems of the setting across files, and the facts of each in ``desk.json``.

A head gets what a head sees: only the calls of the people of their groups, whatever the report says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from routing.load.nodes import Document
from routing.model.desk import ALLOWED, DeskReport, Right, Role, WebDesk
from routing.model.folder import Folder
from routing.model.problem import Problem, did_you_mean

Members = Callable[[str], Sequence[str]]


def report_problems(folder: Folder, desk: WebDesk, document: Document, members: Members) -> Iterator[Problem]:
    """Addressees who are nobody, may see no reports or have no address; schemes and groups that nobody has written."""
    for at, report in enumerate(desk.reports):
        loc = ("project", "desk", "reports", at)
        for place, name in enumerate(report.to):
            if problem := _addressee(folder, desk, report, name, members):
                text, hint = problem
                yield document.problem((*loc, "to", place), text, hint)
        for kind, names, known in (
            ("schemes", report.schemes, folder.schemes),
            ("groups", report.groups, folder.groups),
        ):
            for place, name in enumerate(names):
                if name not in known and not folder.excuses(kind, name):
                    text = f"no {kind[:-1]} is called `{name}`"
                    yield document.problem((*loc, kind, place), text, did_you_mean(name, known))


def _addressee(
    folder: Folder, desk: WebDesk, report: DeskReport, name: str, members: Members
) -> tuple[str, str] | None:
    if name not in folder.people and name not in desk.users:
        if folder.excuses("people", name):
            return None
        return f"nobody is called `{name}`", did_you_mean(name, [*folder.people, *desk.users]) or "add them to `users`"
    role = _role(desk, name)
    if role not in ALLOWED[Right.REPORTS]:
        return f"`{name}` is a {role} at the desk and sees no reports", f"write `users: {{{name}: manager}}`"
    if not email_of(folder, desk, name):
        return f"`{name}` has no e-mail address", "give them an `email`"
    if all(group in folder.groups for group in report.groups) and _people(desk, report, name, members) is None:
        return f"`{name}` sees nobody of these groups", "a head gets the calls of their own groups"
    return None


def report_facts(folder: Folder, desk: WebDesk, members: Members) -> list[dict[str, Any]]:
    """One report for each addressee, with the people and schemes whose calls it counts; empty: all."""
    return [
        {
            "to": name,
            "email": email_of(folder, desk, name),
            "every": report.every,
            "at": report.at,
            "people": _people(desk, report, name, members) or [],
            "schemes": sorted(set(report.schemes)),
        }
        for report in desk.reports
        for name in report.to
    ]


def email_of(folder: Folder, desk: WebDesk, name: str) -> str:
    """A user's e-mail address, or ""."""
    settings, person = desk.users.get(name), folder.people.get(name)
    return str((settings and settings.email) or (person and person.email) or "")


def _role(desk: WebDesk, name: str) -> Role:
    settings = desk.users.get(name)
    return settings.role if settings else Role.PERSON


def _people(desk: WebDesk, report: DeskReport, name: str, members: Members) -> list[str] | None:
    """Whose calls are counted; empty: everybody's; None: nobody's."""
    chosen = {person for group in report.groups for person in members(group)}
    settings = desk.users.get(name)
    if settings and settings.role is Role.HEAD:
        own = {name, *(person for group in settings.groups for person in members(group))}
        chosen = own & chosen if report.groups else own
    return sorted(chosen) if chosen or not report.groups else None
