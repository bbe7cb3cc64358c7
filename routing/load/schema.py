"""The JSON Schema of every file that a scheme folder can hold."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import Field, create_model

from routing.load.offered import offered
from routing.model import durations
from routing.model.calendar_fields import CalendarFields
from routing.model.crm_settings import AnyCrm
from routing.model.fields import Fields, Id
from routing.model.folder import SHARED_KEYS
from routing.model.gateway import Gateway
from routing.model.people import Group, Person
from routing.model.pools import Pool
from routing.model.project import Project
from routing.model.sound_fields import SOUND_SCHEMA
from routing.steps import KINDS
from routing.steps.scheme_file import SchemeFields

_SHARED: dict[str, Any] = {
    "project": (Project | None, Field(None, description="Settings that hold for every scheme.")),
    "people": (dict[Id, Person], Field({}, description="People and their phones, by id.")),
    "groups": (dict[Id, Group], Field({}, description="People, groups and single phones that ring by one name.")),
    "calendars": (dict[Id, CalendarFields], Field({}, description="Opening hours, by id.")),
    "gateways": (dict[Id, Gateway], Field({}, description="Trunks to carriers, by id; the first is for calls out.")),
    "pools": (dict[Id, Pool], Field({}, description="Numbers that are lent to visitors of a site, by id.")),
    "crm": (dict[Id, AnyCrm], Field({}, description="CRMs in which callers are looked up, by id.")),
}
#: Names in ring lists, and the delay after a name: `{ivan.mobile: after 10s}`.
_RUNG = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$"
_AFTER = {"type": "string", "pattern": durations.PATTERN.replace("^", r"^(after\s*)?"), "examples": ["after 10s"]}
assert tuple(_SHARED) == SHARED_KEYS
_SharedFile = create_model("SharedFile", __base__=Fields, **_SHARED)


@cache
def json_schema() -> dict[str, Any]:
    """One schema for both kinds of file: a scheme, or people, groups, calendars, gateways and the project.

    The result is cached: do not change it.
    """
    scheme = SchemeFields.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    shared = _SharedFile.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions = scheme.pop("$defs", {}) | shared.pop("$defs", {})
    definitions, scheme, shared = (_named_sounds(each) for each in (definitions, scheme, shared))
    definitions["Sound"] = SOUND_SCHEMA
    _allow_shorthands(definitions)
    return offered(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "routing scheme folder",
            "anyOf": [{"$ref": "#/$defs/SchemeFile"}, {"$ref": "#/$defs/SharedFile"}],
            "$defs": {**definitions, "SchemeFile": scheme, "SharedFile": shared},
        }
    )


def _named_sounds(schema: Any) -> Any:
    """The schema with one definition of what a sound may be: it stands in dozens of places."""
    if isinstance(schema, list):
        return [_named_sounds(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    named = {key: _named_sounds(each) for key, each in schema.items()}
    of_sound = SOUND_SCHEMA["anyOf"]
    if schema.get("anyOf", [])[: len(of_sound)] == of_sound:
        named["anyOf"] = [{"$ref": "#/$defs/Sound"}, *named["anyOf"][len(of_sound) :]]
    return named


def _allow_shorthands(definitions: dict[str, Any]) -> None:
    """Add the shorthands: a step as a bare word, a step's main setting as its value, one step for a list."""
    step = definitions["AnyStep"]
    bare = [
        kind
        for kind, model in KINDS.items()
        if model.bare and not any(each.is_required() for each in model.model_fields.values())
    ]
    definitions["AnyStep"] = {"anyOf": [step, {"type": "string", "enum": bare}]}
    for kind, model in KINDS.items():
        own = definitions[model.__name__]
        short = [own["properties"][model.primary]] if model.primary else []
        empty = [{"type": "null"}] if kind in bare else []
        if short or empty:
            definitions[model.__name__] = {"anyOf": [own, *short, *empty]}
    entry = definitions["NumberEntry"]
    definitions["NumberEntry"] = {"anyOf": [entry, {"type": "string"}]}
    ring = definitions["Ring"]
    own = {name: setting for name, setting in ring["properties"].items() if name != "name"}
    about = {"anyOf": [_AFTER, {"type": "object", "additionalProperties": False, "properties": own}]}
    one = {"type": "object", "minProperties": 1, "maxProperties": 1, "patternProperties": {_RUNG: about}}
    definitions["Ring"] = {"anyOf": [ring, {"type": "string"}, {**one, "additionalProperties": False}]}
    entity = definitions["Entity"]
    definitions["Entity"] = {"anyOf": [entity, {"type": "string"}, {"type": "null"}]}
    user, joining = definitions["DeskUser"], definitions["DeskJoining"]
    definitions["DeskUser"] = {"anyOf": [user, {"$ref": "#/$defs/Role"}]}
    definitions["DeskJoining"] = {"anyOf": [joining, {"enum": ["yes", "no", "announced", True, False]}]}
    for name in ("Holidays", "Announcement"):
        definitions[name] = {"anyOf": [definitions[name], {"type": "string"}]}
    kept = definitions["KeepTimes"]
    definitions["KeepTimes"] = {"anyOf": [kept, kept["properties"]["calls"]["anyOf"][0]]}
