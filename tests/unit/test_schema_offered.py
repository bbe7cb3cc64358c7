"""What editors offer is right: every default and example is valid where it stands, and the loader reads it so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import jsonschema
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from routing.load import schema as scheme_files
from routing.load.nodes import read
from routing.load.schema import json_schema
from routing.model.durations import parse_duration, written
from routing.simulate import schema as simulation_files
from routing.simulate.schema import schema_of_simulations
from routing.steps import KINDS, AnyStep
from routing.testing import schema as test_files
from routing.testing.schema import schema_of_tests

SCHEMAS = {"schemes": json_schema(), "tests": schema_of_tests(), "simulations": schema_of_simulations()}
ABOUT = {"country": "UA"}
Place = tuple[str | int, ...]


def parts(node: Any, path: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Every schema within a schema."""
    if isinstance(node, dict):
        if path[-1:] not in (("properties",), ("patternProperties",), ("$defs",)):
            yield path, node
        for name, inner in node.items():
            if name not in ("default", "examples", "enum", "const"):
                yield from parts(inner, (*path, name))
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from parts(inner, (*path, index))


def offers(part: dict[str, Any]) -> list[Any]:
    return [*([part["default"]] if "default" in part else []), *part.get("examples", []), *part.get("enum", [])]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_offer_is_valid_where_it_stands(name):
    whole, wrong, seen = SCHEMAS[name], [], 0
    for path, part in parts(whole):
        for offer in offers(part):
            seen += 1
            if not jsonschema.Draft202012Validator({**part, "$defs": whole["$defs"]}).is_valid(offer):
                wrong.append((path, offer))
    assert seen > 20 and wrong == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_nothing_empty_is_offered(name):
    of_settings = [
        (path, setting)
        for path, part in parts(SCHEMAS[name])
        for key, setting in part.get("properties", {}).items()
        if setting.get("default", ...) in (None, "", [], {}) or {"type": "null"} in setting.get("anyOf", ())
    ]
    assert of_settings == []


def models(within: type[BaseModel], seen: dict[type[BaseModel], None]) -> dict[type[BaseModel], None]:
    """A model and all that it holds."""
    if within not in seen:
        seen[within] = None
        for field in within.model_fields.values():
            for each in _held(field.annotation):
                models(each, seen)
    return seen


def _held(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for inner in getattr(kind, "__args__", ()):
        yield from _held(getattr(inner, "__origin__", inner) if hasattr(inner, "__metadata__") else inner)


def definition(model: type[BaseModel], schema: dict[str, Any]) -> dict[str, Any] | None:
    found = schema["$defs"].get(model.__name__)
    return next((each for each in (found or {}).get("anyOf", [found]) if each and "properties" in each), None)


def settings() -> Iterator[tuple[str, FieldInfo, dict[str, Any]]]:
    tops = {
        "schemes": (scheme_files.SchemeFields, scheme_files._SharedFile),
        "tests": (test_files._File,),
        "simulations": (simulation_files._File,),
    }
    for name, roots in tops.items():
        for model in [each for root in roots for each in models(root, {})]:
            if shown := definition(model, SCHEMAS[name]):
                for key, field in model.model_fields.items():
                    if setting := shown["properties"].get(field.alias or key):
                        yield f"{model.__name__}.{key}", field, setting


SETTINGS = {where: (field, setting) for where, field, setting in settings()}


@pytest.mark.parametrize("where", SETTINGS)
def test_the_loader_takes_what_is_offered_and_a_default_is_what_it_uses(where):
    field, setting = SETTINGS[where]
    takes = TypeAdapter(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)
    for offer in offers(setting):
        try:
            takes.validate_python(offer, context=ABOUT)
        except ValidationError as error:
            pytest.fail(f"{offer!r}: {error}")
    if "default" in setting:
        assert takes.validate_python(setting["default"], context=ABOUT) == field.get_default(call_default_factory=True)


def test_settings_are_found():
    assert len(SETTINGS) > 150 and len([1 for _, setting in SETTINGS.values() if "default" in setting]) > 60


@pytest.mark.parametrize("kind", KINDS)
def test_a_bare_step_is_offered_where_it_loads(kind):
    """`- hangup` and `hangup:` are steps; `- menu` and `menu: menu` are none."""
    whole = SCHEMAS["schemes"]
    editor = jsonschema.Draft202012Validator({**whole["$defs"]["AnyStep"], "$defs": whole["$defs"]})
    for step in (kind, {kind: None}):
        assert editor.is_valid(step) == _loads(step), step
    assert not editor.is_valid({kind: {"unheard_of": 1}})
    assert not editor.is_valid({"menu": "menu"}) and not editor.is_valid({"ring": None})


@pytest.mark.parametrize(
    ("rung", "is_right"),
    [
        ("ivan", True), ({"ivan": "after 10s"}, True), ({"ivan.mobile": "10s"}, True), ({"ivan": {"for": "20s"}}, True),
        ({"ivan": "sometimes"}, False), ({"ivan": 10}, False), ({"ivan": {"fro": "20s"}}, False),
        ({"Ivan": "10s"}, False), ({"unheard_of": 1}, False),
    ],
)  # fmt: skip
def test_who_is_rung_may_be_written_short(rung, is_right):
    whole = SCHEMAS["schemes"]
    editor = jsonschema.Draft202012Validator({**whole["$defs"]["AnyStep"], "$defs": whole["$defs"]})
    assert editor.is_valid({"ring": rung}) is editor.is_valid({"ring": {"to": [rung]}}) is is_right


def _loads(step: Any) -> bool:
    try:
        AnyStep.model_validate(step)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("seconds", [1, 20, 60, 90, 3600, 5400, 86400, 14 * 86400, 400 * 86400])
def test_a_length_of_time_is_read_back_as_written(seconds):
    assert parse_duration(written(seconds)) == seconds


def test_a_file_of_what_is_offered_is_read_as_text():
    """An example of the schema needs no quotes that it has not: times, days and keys stay text in YAML."""
    for path, part in parts(SCHEMAS["schemes"]):
        for offer in offers(part):
            if isinstance(offer, str) and not offer.startswith(("+", "{")):
                assert read("a.yaml", f"a: {offer}\n".encode()).data == {"a": offer}, path
