"""The JSON Schema of every file that a scheme folder can hold."""

from __future__ import annotations

from typing import Any

from pydantic import Field, create_model

from routing.load.folder import SHARED_KEYS
from routing.model.crm import AnyCrm
from routing.model.fields import Fields, Id
from routing.model.people import Group, Person
from routing.model.pools import Pool
from routing.model.project import CalendarFields, Gateway, Project
from routing.steps import KINDS
from routing.steps.scheme import SchemeFields

_SHARED: dict[str, Any] = {
    "project": (Project | None, Field(None, description="Settings that hold for every scheme.")),
    "people": (dict[Id, Person], Field({}, description="People and their phones, by id.")),
    "groups": (dict[Id, Group], Field({}, description="People, groups and single phones that are rung by one name.")),
    "calendars": (dict[Id, CalendarFields], Field({}, description="Opening hours, by id.")),
    "gateways": (dict[Id, Gateway], Field({}, description="Trunks to carriers, by id; the first is for calls out.")),
    "pools": (dict[Id, Pool], Field({}, description="Numbers that are lent to visitors of a site, by id.")),
    "crm": (dict[Id, AnyCrm], Field({}, description="CRMs in which callers are looked up, by id.")),
}
assert tuple(_SHARED) == SHARED_KEYS
_SharedFile = create_model("SharedFile", __base__=Fields, **_SHARED)


def json_schema() -> dict[str, Any]:
    """One schema for both kinds of file: a scheme, or people, groups, calendars, gateways and the project."""
    scheme = SchemeFields.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    shared = _SharedFile.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions = scheme.pop("$defs", {}) | shared.pop("$defs", {})
    _allow_shorthands(definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "routing scheme folder",
        "anyOf": [{"$ref": "#/$defs/SchemeFile"}, {"$ref": "#/$defs/SharedFile"}],
        "$defs": {**definitions, "SchemeFile": scheme, "SharedFile": shared},
    }


def _allow_shorthands(definitions: dict[str, Any]) -> None:
    """What authors may write short: a step as a bare word, a step's main setting as its value, one step for a list."""
    step = definitions["AnyStep"]
    bare = [kind for kind, model in KINDS.items() if not model.model_json_schema().get("required")]
    definitions["AnyStep"] = {"anyOf": [step, {"type": "string", "enum": bare}]}
    for model in KINDS.values():
        if model.primary:
            own = definitions[model.__name__]
            value = own["properties"][model.primary]
            definitions[model.__name__] = {"anyOf": [own, value, {"type": "null"}]}
    entry = definitions["NumberEntry"]
    definitions["NumberEntry"] = {"anyOf": [entry, {"type": "string"}]}
    ring = definitions["Ring"]
    definitions["Ring"] = {"anyOf": [ring, {"type": "string"}, {"type": "object", "maxProperties": 1}]}
    entity = definitions["Entity"]
    definitions["Entity"] = {"anyOf": [entity, {"type": "string"}, {"type": "null"}]}
    holidays = definitions["Holidays"]
    definitions["Holidays"] = {"anyOf": [holidays, {"type": "string"}]}
