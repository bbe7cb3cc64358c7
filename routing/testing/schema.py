"""The JSON Schema of scheme tests, from the definitions that check them."""

from __future__ import annotations

from typing import Any

from pydantic import Field, create_model

from routing.load.offered import offered
from routing.model.fields import Fields
from routing.testing.sample import Sample

_TESTS = "Calls, each with the state of the world and its expectations."
_File = create_model("TestFile", __base__=Fields, tests=(list[Sample], Field(description=_TESTS)))


def schema_of_tests() -> dict[str, Any]:
    """The schema of a ``*.test.yaml`` file."""
    schema = _File.model_json_schema(by_alias=True)
    schema.pop("description", None)
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "routing scheme tests"}
    return offered(whole)
