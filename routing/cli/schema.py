"""``routing schema``: JSON Schema of scheme files, from the same definitions that check them."""

from __future__ import annotations

import json

import click

from routing.load.schema import json_schema


@click.command()
def schema() -> None:
    """Print the JSON Schema for editors; wire it with `# yaml-language-server: $schema=...` on a file's first line."""
    click.echo(json.dumps(json_schema(), indent=1, ensure_ascii=False))
