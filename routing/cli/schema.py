"""``routing schema``: the JSON Schema of scheme files and scheme tests, from the definitions that check them."""

from __future__ import annotations

import json

import click

from routing.load.schema import json_schema
from routing.testing.schema import schema_of_tests


@click.command()
@click.option("--tests", is_flag=True, help="The schema of `*.test.yaml` files instead.")
def schema(tests: bool) -> None:
    """Print the JSON Schema for editors; a file names it in `# yaml-language-server: $schema=...` on its first line."""
    click.echo(json.dumps(schema_of_tests() if tests else json_schema(), indent=1, ensure_ascii=False))
