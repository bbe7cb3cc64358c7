"""``routing schema``: JSON Schema of scheme files and of their tests, from the same definitions that check them."""

from __future__ import annotations

import json

import click

from routing.load.schema import json_schema
from routing.testing.schema import schema_of_tests


@click.command()
@click.option("--tests", is_flag=True, help="Of `*.test.yaml` files instead.")
def schema(tests: bool) -> None:
    """Print the JSON Schema for editors; wire it with `# yaml-language-server: $schema=...` on a file's first line."""
    click.echo(json.dumps(schema_of_tests() if tests else json_schema(), indent=1, ensure_ascii=False))
