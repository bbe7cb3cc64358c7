"""The JSON Schema for editors: defaults as authors write them, and no empty values.

Pydantic writes a default as the loader stores it: seconds for ``20s``, null for "not set". Editors insert defaults
verbatim, so each is rewritten as YAML that loads to the same value, or removed. This module only knows JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from routing.model.durations import PATTERN, written

Schema = dict[str, Any]
_NULL = {"type": "null"}


def offered(schema: Schema) -> Schema:
    """The schema, changed in place; see the module's docstring."""
    for part in _parts(schema):
        for setting in part.get("properties", {}).values():
            _tidy(setting)
    return schema


def _parts(node: Any) -> Iterator[Schema]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _parts(inner)


def _tidy(setting: Schema) -> None:
    if setting.get("default", ...) in (None, "", [], {}):
        del setting["default"]
    if "default" in setting and setting.get("pattern") == PATTERN:
        seconds = setting.pop("default")
        setting.update({"default": written(seconds)} if seconds else {})
    if _NULL in setting.get("anyOf", ()):
        _one_kind_less(setting)


def _one_kind_less(setting: Schema) -> None:
    """Remove null from the offered types: an empty value is valid and has no effect."""
    kinds = [kind for kind in setting.pop("anyOf") if kind != _NULL]
    if len(kinds) > 1 or "$ref" in kinds[0]:
        setting["anyOf"] = kinds
        return
    for word, value in kinds[0].items():
        setting.setdefault(word, value)
