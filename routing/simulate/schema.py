"""The JSON Schema of simulations, from the definitions that check them."""

from __future__ import annotations

from typing import Any

from pydantic import Field, create_model

from routing.load.offered import offered
from routing.model.fields import Fields
from routing.simulate.form import SimulationFields

_ABOUT = "Queues, the calls that come to them, and who works when."
_File = create_model("SimulationFile", __base__=Fields, simulate=(SimulationFields, Field(description=_ABOUT)))


def schema_of_simulations() -> dict[str, Any]:
    """The schema of a ``*.simulate.yaml`` file."""
    schema = _File.model_json_schema(by_alias=True)
    schema.pop("description", None)
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "routing simulation"}
    return offered(whole)
