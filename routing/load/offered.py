"""What editors offer of a JSON Schema: defaults as an author writes them, and no empty values.

Pydantic writes a default as the loader keeps it: seconds for ``20s``, null for "not set". Editors insert it as it
stands, so each becomes what the loader would read back to the same value, or goes. Knows JSON alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from routing.model.durations import PATTERN, written

Schema = dict[str, Any]
_NULL = {"type": "null"}


def offered(schema: Schema) -> Schema:
    """The schema, changed in place: see the module."""
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
    """An empty value is allowed to stand there and says nothing: no editor offers it."""
    kinds = [kind for kind in setting.pop("anyOf") if kind != _NULL]
    if len(kinds) > 1 or "$ref" in kinds[0]:
        setting["anyOf"] = kinds
        return
    for word, value in kinds[0].items():
        setting.setdefault(word, value)
