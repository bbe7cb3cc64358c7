"""Reading the ``crm:`` key: each entry by its vendor's fields, and the owner ids of people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from routing.load.nodes import Document
from routing.load.validate import Wrong, validate
from routing.model.crm_fields import Crm
from routing.model.crm_settings import crm_of, owner_ids
from routing.model.folder import Folder
from routing.model.problem import Loc, Problem, did_you_mean


def read(document: Document, name: str, value: Any) -> Crm | Wrong:
    """One CRM of the project, or its problems."""
    loc = ("crm", name)
    try:
        model, fields = crm_of(name, value)
    except PydanticCustomError as problem:
        hint = (problem.context or {}).get("hint", "")
        return Wrong([document.problem(loc, problem.message(), hint, at_key=True)])
    found: Crm | Wrong = validate(model, document, loc, fields, None)
    return found


def check_entities(folder: Folder, places: Mapping[str, tuple[Document, Loc]]) -> Iterator[Problem]:
    """Every entity that a CRM receives is tracked on pages. ``places``: the locations of CRMs."""
    tracked = folder.project.tracking.entities if folder.project.tracking else {}
    for system, (document, loc) in places.items():
        for below, place in folder.crm[system].visitor_facts():
            kind, _, name = place.partition(".")
            if kind == "entity" and name not in tracked:
                hint = did_you_mean(name, tracked) or "`project: {tracking: {entities: ...}}` lists them"
                yield document.problem((*loc, *below), f"no entity is called `{name}`", hint)


def check(folder: Folder, places: Mapping[str, tuple[Document, Loc]]) -> Iterator[Problem]:
    """People's owner ids: the CRM exists, the ids are valid and unique. ``places``: the locations of people."""
    seen: dict[tuple[str, str], str] = {}
    for name, (document, loc) in places.items():
        for system, written in folder.people[name].crm.items():
            where = (*loc, "crm", system)
            if system not in folder.crm and not folder.excuses("crm", system):
                hint = did_you_mean(system, folder.crm)
                yield document.problem(where, f"no CRM is called `{system}`", hint, at_key=True)
            ids = owner_ids(written)
            if ids is None:
                yield document.problem(where, "an owner id is a number or text", "write `bitrix24: 17`")
            for each in ids or ():
                if (system, each) in seen:
                    yield document.problem(where, f"owner id `{each}` belongs to {seen[system, each]} already")
                seen.setdefault((system, each), name)
