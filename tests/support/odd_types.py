"""Every key of scheme files, by the JSON Schema, with values of every wrong type: one file each, for fuzzing.

A place is found in two ways: alone, as the schema nests it, and in a folder that compiles, with all else right.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
#: Neither of these is right at more than a few places.
WRONG: tuple[Any, ...] = (
    5, -1, 10**17, 1.5, True, None, "", "x", "я" * 3000, [], {}, [1], [None], [[["x"]]], {"a": 1}, {"": None},
    [{"a": None}], {"a": {"b": {"c": [1]}}}, {"1": [5], "*": {"when": 3}},
)  # fmt: skip
#: What a name of somebody's own choice is in a mapping.
NAME = "ivan"


def schema_places(schema: dict[str, Any]) -> list[Path]:
    """The way to every key of every kind of file, each definition once a file."""
    found: dict[Path, None] = {}
    for top in schema["anyOf"]:
        for path in _below(top, (), schema["$defs"], frozenset()):
            found[path] = None
    return list(found)


def _below(part: Any, path: Path, definitions: dict[str, Any], seen: frozenset[str]) -> Iterator[Path]:
    if not isinstance(part, dict):
        return
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from _below(definitions[name], path, definitions, seen | {name})
    for each in (*part.get("anyOf", ()), *part.get("oneOf", ()), *part.get("allOf", ())):
        yield from _below(each, path, definitions, seen)
    for name, inner in part.get("properties", {}).items():
        yield (*path, name)
        yield from _below(inner, (*path, name), definitions, seen)
    if "items" in part:
        yield from _below(part["items"], (*path, 0), definitions, seen)
    for each in (part.get("additionalProperties"), *part.get("patternProperties", {}).values()):
        if isinstance(each, dict):
            yield (*path, NAME)
            yield from _below(each, (*path, NAME), definitions, seen)


def alone(path: Path, value: Any) -> Any:
    """A file that holds nothing but a value at a place."""
    for part in reversed(path):
        value = [value] if part == 0 else {part: value}
    return value


def places(data: Any, path: Path = ()) -> Iterator[Path]:
    """The way to everything in a file."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield (*path, key)
        yield from places(value, (*path, key))


def put(data: Any, path: Path, value: Any) -> Any:
    """The same file with another value at a place."""
    changed = copy.deepcopy(data)
    holder = changed
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    return changed
