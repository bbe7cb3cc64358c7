"""The directory: people, their phones, groups and skills; search; who is rung first by each scheme now."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template, request

from routing.desk.alphabetical import alphabetical
from routing.desk.current import needs, plan
from routing.desk.plan import DeskPerson
from routing.model.desk import Right


def add(app: Flask) -> None:
    """Its address."""
    app.add_url_rule("/directory", "directory", directory)


@needs(Right.DIRECTORY)
def directory() -> Any:
    """Everybody, or those whose name, number, skill or group has ``q`` in it; ``group`` chooses one group."""
    query, group = request.args.get("q", "").strip()[:100], request.args.get("group", "")
    groups_of: dict[str, list[str]] = {name: [] for name in plan().people}
    for name, members in plan().groups.items():
        for member in members:
            groups_of[member].append(name)
    rows = [
        person
        for person in sorted(plan().people.values(), key=lambda person: alphabetical(person.shown))
        if (not group or group in groups_of[person.name]) and _fits(person, groups_of[person.name], query)
    ]
    return render_template(
        "directory.html", rows=rows, query=query, group=group, groups=sorted(plan().groups), groups_of=groups_of,
        skills_of={person.name: _skills(person) for person in rows},
    )  # fmt: skip


def _fits(person: DeskPerson, groups: list[str], query: str) -> bool:
    text = " ".join((person.name, person.shown, person.extension, person.email, *person.phones.values(), *groups,
                     *_skills(person)))  # fmt: skip
    return all(word in text.casefold() for word in query.casefold().split())


def _skills(person: DeskPerson) -> list[str]:
    """Each skill in a few characters: ``product: drainage 3``."""
    found = []
    for name, levels in person.skills.items():
        each = levels.items() if isinstance(levels, dict) else [(level, "") for level in _listed(levels)]
        found += [f"{name}: {skill} {level}".rstrip() for skill, level in each]
    return found


def _listed(levels: Any) -> list[Any]:
    return levels if isinstance(levels, list) else [levels]
