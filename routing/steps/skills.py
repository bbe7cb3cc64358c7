"""The skills that a call requires for ``order: by_skill``: fixed values or facts of the call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from routing.model.fields import refuse, safe_text, shown
from routing.model.folder import Folder
from routing.model.problem import Loc, did_you_mean
from routing.model.regions import UnknownRegion, region_pattern
from routing.steps.base import Complaint
from routing.steps.targets import Turn

FACTS = ("country", "region", "language", "known")
_FACT = re.compile(r"\{\{\s*([a-z]+)(?:\.([a-z][a-z0-9_]*))?\s*\}\}")


def _wish(value: Any) -> Any:
    if isinstance(value, bool | int):
        return value
    if not isinstance(value, str):
        what = "is empty" if value is None else f"{shown(value)} is not a skill requirement"
        raise refuse(what, "write a text, a lowest level such as 2, or `{{language}}`")
    if "{{" in value and not _fact(value):
        known = ", ".join(f"`{{{{{fact}}}}}`" for fact in FACTS)
        raise refuse(f"{shown(value)} is not a fact of the call", f"{known} or `{{{{entity.NAME}}}}`")
    try:
        return safe_text(value)
    except ValueError as error:
        raise refuse(str(error)) from None


Wish = Annotated[
    Any, BeforeValidator(_wish), WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}, {"const": True}]})
]


def _fact(value: str) -> str:
    """The engine's name for ``{{entity.product}}`` or ``{{language}}``; empty for anything else."""
    found = _FACT.fullmatch(value)
    if not found:
        return ""
    if found[2]:
        return f"entities.{found[2]}" if found[1] == "entity" else ""
    return found[1] if found[1] in FACTS else ""


def check(skills: Mapping[str, Any], turns: Sequence[Turn], loc: Loc, folder: Folder) -> Iterator[Complaint]:
    """There are skills, somebody has each of them, and regions are known."""
    if not skills:
        yield loc, "`order: by_skill` needs `skills`", "write `skills: {language: uk}`"
    there = {skill for turn in turns for skill in folder.people[turn.person].skills}
    for name, wish in skills.items():
        if name not in there and folder.is_whole("people", "groups"):
            yield (*loc, "skills", name), f"nobody here has a skill `{name}`", did_you_mean(name, there)
        if isinstance(wish, str) and _fact(wish) == "region":
            yield from _regions(name, turns, (*loc, "skills", name), folder)


def _regions(name: str, turns: Sequence[Turn], loc: Loc, folder: Folder) -> Iterator[Complaint]:
    for region in _values(name, turns, folder):
        try:
            region_pattern(region, folder.project.country)
        except UnknownRegion as problem:
            yield loc, str(problem), problem.hint


def source(name: str, wish: Any, turns: Sequence[Turn], folder: Folder) -> Any:
    """A wish as the engine reads it (`decide.required_skills`); regions are those that people have."""
    fact = _fact(wish) if isinstance(wish, str) else ""
    if not fact:
        return {"value": wish}
    if fact != "region":
        return fact
    regions = _values(name, turns, folder)
    return {"regions": {region: region_pattern(region, folder.project.country) for region in regions}}


def _values(name: str, turns: Sequence[Turn], folder: Folder) -> list[str]:
    """Every value of a skill among these people."""
    found: dict[str, None] = {}
    for turn in turns:
        skill = folder.people[turn.person].skills.get(name)
        values = [skill] if isinstance(skill, str) else skill
        found |= dict.fromkeys(str(value) for value in values) if isinstance(values, list | Mapping) else {}
    return list(found)
