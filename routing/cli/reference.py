"""``routing reference``: the scheme language in the terminal, from the definitions that check scheme files."""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from routing.cli.reference_topics import BELOW, CALLED, PARTS, TYPES
from routing.cli.terminal import PAGE_WIDTH, manual, terminal
from routing.load.schema import json_schema
from routing.model.problem import did_you_mean
from routing.model.sound_fields import SOUND
from routing.steps import KINDS

Schema = Mapping[str, Any]


def definitions() -> dict[str, Schema]:
    """The definitions of the schema by name; ``groups:``, whose names are the author's, and sounds in their forms."""
    found: dict[str, Schema] = json_schema()["$defs"]
    form = object_form(found["SharedFile"])["properties"]["groups"]
    members = next(iter(form["patternProperties"].values()))
    named = {**members, "description": "People, phones (`ivan.mobile`) and other groups: `sales: [ivan, olena]`."}
    groups = {"description": form["description"], "properties": {"NAME": named}}
    return {**found, "Groups": groups, "Sound": {"description": SOUND}}


def topics() -> list[str]:
    """All topics."""
    return [*PARTS, *TYPES, *map(_topic, KINDS)]


def _topic(kind: str) -> str:
    """A step's topic: its name, or ``step crm`` where a part of a folder has the same name."""
    return f"step {kind}" if kind in PARTS else kind


def _names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    return [topic for topic in topics() if topic.startswith(incomplete)]


@click.command()
@click.argument("topic", nargs=-1, metavar="[TOPIC]", shell_complete=_names)
def reference(topic: Sequence[str]) -> None:
    """Print the scheme language: all topics, or one with every setting, its values and its default.

    TOPIC is a step (`ring`), a part of a folder (`people`) or a type of settings (`sound`); a step that shares a part's
    name is `step crm`.
    """
    name = " ".join(topic)
    click.echo("\n".join(_contents() if not name else _about(name)))


def _contents() -> Iterator[str]:
    known = definitions()
    yield "Parts of a folder of schemes (routing reference PART):"
    yield from _listed(_descriptions(known, PARTS))
    yield ""
    yield "Types of settings (routing reference TYPE):"
    yield from _listed(_descriptions(known, TYPES))
    yield ""
    yield "Steps (routing reference STEP):"
    yield from _listed({_topic(kind): _first_line(step) for kind, step in KINDS.items()})


def _descriptions(known: Mapping[str, Schema], pages: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {topic: object_form(known[names[0]]).get("description", "") for topic, names in pages.items()}


def _listed(lines: Mapping[str, str]) -> Iterator[str]:
    widest = max(map(len, lines))
    around = textwrap.TextWrapper(_width(), initial_indent="  ", subsequent_indent=" " * (widest + 4))
    for name, line in lines.items():
        yield around.fill(f"{name:<{widest}}  {line}")


def _about(topic: str) -> Iterator[str]:
    if topic not in topics():
        hint = did_you_mean(topic, topics()) or "`routing reference` lists all"
        raise click.BadParameter(f"there is no topic `{topic}` ({hint})", param_hint="TOPIC")
    known = definitions()
    if page := PARTS.get(topic) or TYPES.get(topic):
        names = page
    else:
        kind = KINDS[topic.removeprefix("step ")]
        names = (kind.__name__, *BELOW.get(kind.kind, ()))
        yield manual(inspect.cleandoc(sys.modules[kind.__module__].__doc__ or ""))
        yield ""
    for place, name in enumerate(names):
        definition = object_form(known[name])
        if place or page:
            title = called(name) if place else topic
            yield textwrap.fill(f"{title}: {definition.get('description', '')}".rstrip(": "), _width())
        if "enum" in definition:
            yield f"  {values(definition)}"
        yield from _settings(definition)
        yield ""


def _settings(definition: Schema) -> Iterator[str]:
    required = definition.get("required", ())
    head = textwrap.TextWrapper(_width(), initial_indent="  ", subsequent_indent="      ")
    around = textwrap.TextWrapper(_width(), initial_indent=" " * 6, subsequent_indent=" " * 6)
    for name, setting in definition.get("properties", {}).items():
        usual = "required" if name in required else default_of(setting)
        yield head.fill(f"{name}: {values(setting)}" + (f" ({usual})" if usual else ""))
        if "description" in setting:
            yield around.fill(setting["description"])


def called(definition: str) -> str:
    """The name of a definition for authors."""
    return CALLED.get(definition, re.sub(r"(?<!^)(?=[A-Z])", " ", definition).lower())


def default_of(setting: Schema) -> str:
    """A setting's default as written in a file; "" for an empty one."""
    value = setting.get("default")
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, list):
        return f"default: [{', '.join(map(str, value))}]"
    return f"default: {'true' if value is True else 'false' if value is False else value}"


def values(schema: Schema) -> str:
    """The values of a setting, as text."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return called(name)
    if "anyOf" in schema:
        kinds = list(dict.fromkeys(values(each) for each in schema["anyOf"] if each.get("type") != "null"))
        if len(kinds) == 2 and kinds[1] == f"list of {kinds[0]}":
            return f"{kinds[0]}, or a list"
        return " or ".join(kinds)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return "true" if schema["const"] is True else str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {values(schema.get('items', {}))}"
    if schema.get("type") == "object":
        return _mapping(schema)
    if examples := schema.get("examples"):
        return f"like `{examples[0]}`"
    return {"boolean": "true | false", "integer": "number", "number": "number", "string": "text"}.get(
        str(schema.get("type")), "value"
    )


def _mapping(schema: Schema) -> str:
    inner = next(iter(schema.get("patternProperties", {}).values()), None) or schema.get("additionalProperties")
    return f"NAME: {values(inner)}" if isinstance(inner, Mapping) and inner else "mapping"


def object_form(definition: Schema) -> Schema:
    """The mapping form of a definition that also has short forms."""
    long: Schema = next((each for each in definition.get("anyOf", ()) if "properties" in each), definition)
    return long


def _first_line(kind: type) -> str:
    return (sys.modules[kind.__module__].__doc__ or "").strip().partition("\n")[0].partition(": ")[2]


def _width() -> int:
    return min(terminal(PAGE_WIDTH).width, PAGE_WIDTH)
