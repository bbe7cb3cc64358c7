"""``routing schema``: the JSON Schema of scheme files, scheme tests and simulations, from the definitions that check
them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from routing.load.schema import json_schema
from routing.simulate.schema import schema_of_simulations
from routing.testing.schema import schema_of_tests

SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "schemes": json_schema,
    "tests": schema_of_tests,
    "simulations": schema_of_simulations,
}


@click.command()
@click.option("--tests", "of", flag_value="tests", help="The schema of `*.test.yaml` files instead.")
@click.option("--simulations", "of", flag_value="simulations", help="The schema of `*.simulate.yaml` files instead.")
def schema(of: str | None) -> None:
    """Print the JSON Schema for editors; a file names it in `# yaml-language-server: $schema=...` on its first line."""
    click.echo(json.dumps(SCHEMAS[of or "schemes"](), indent=1, ensure_ascii=False))
