"""Options that choose calls of the journal."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import click

from routing.cli.completion import offered

_OPTIONS = [
    click.option("--since", metavar="1d", help="Calls of the last hours or days, or since a day: `2026-11-22`."),
    click.option(
        "--number", default="", shell_complete=offered("numbers"), help="The company's number, or its beginning."
    ),
    click.option("--caller", default="", help="The outside party's number, or its beginning."),
    click.option("--person", default="", shell_complete=offered("people"), help="Who talked."),
    click.option(
        "--scheme", default="", shell_complete=offered("schemes"), help="A scheme that the call passed through."
    ),
    click.option("--tag", default="", help="A label that a `tag` step set."),
    click.option("--node", default="", help="The node of the call (`routing node init --node`)."),
]


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--since`` and the fields of `CallFilter` that are text."""
    return reduce(lambda wrapped, option: option(wrapped), reversed(_OPTIONS), command)
