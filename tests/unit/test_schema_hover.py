"""What editors show over a key: every key of scheme files and of scheme tests is explained in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from routing.load.schema import json_schema
from routing.testing.schema import schema_of_tests


def keys(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that a schema knows, with its path."""
    if isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict):
            yield from ((f"{path}.{name}", key) for name, key in properties.items())
        for name, inner in node.items():
            yield from keys(inner, f"{path}/{name}")
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from keys(inner, f"{path}/{index}")


@pytest.mark.parametrize(("schema", "least"), [(json_schema, 150), (schema_of_tests, 50)])
def test_every_key_is_explained(schema, least):
    found = dict(keys(schema()))
    assert len(found) > least
    assert [path for path, key in found.items() if not key.get("description", "").strip()] == []


@pytest.mark.parametrize("schema", [json_schema, schema_of_tests])
def test_an_explanation_fits_an_editor(schema):
    assert [path for path, key in keys(schema()) if len(key["description"]) > 200] == []
