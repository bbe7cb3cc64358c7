"""Shell completion of names in the folder of schemes, besides commands and options.

A file with an error offers no names and gives no message. Every command imports this module, so it imports little;
``routing.cli.names`` reads the files.
"""

from __future__ import annotations

import importlib
import os
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def offered(kind: str) -> Complete:
    """A completion that offers the names of a kind (``NAMES``) in the folder of schemes which begin as typed."""

    def complete(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
        names = importlib.import_module("routing.cli.names").NAMES[kind]
        problems: type[Exception] = importlib.import_module("routing.model.problem").Problems
        try:
            return sorted({name for name in names(_folder(context)) if name.startswith(typed)})
        except (problems, OSError, ValueError):
            return []

    return complete


def assigned(kind: str, values: Iterable[str]) -> Complete:
    """The same for options of the form ``NAME=VALUE``: names first, values after the ``=``."""
    of_name, listed = offered(kind), tuple(values)

    def complete(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
        name, equals, value = typed.partition("=")
        if not equals:
            return of_name(context, parameter, name)
        return [f"{name}={each}" for each in listed if each.startswith(value)]

    return complete


def _folder(context: click.Context) -> Path:
    named = context.params.get("schemes") or context.params.get("folder")
    below = [path for path in map(Path, context.params.get("paths") or ()) if path.is_dir()]
    return Path(named or (below[0] if below else "schemes"))


class QuotedBash(BashComplete):
    """Bash inserts completions as they are: names with spaces are quoted here."""

    def format_completion(self, item: CompletionItem) -> str:
        """One line for the script; within an open quote nothing is quoted again."""
        typed = os.environ.get("COMP_WORDS", "")
        if item.type == "plain" and not any(typed.count(quote) % 2 for quote in "\"'"):
            return f"{item.type},{shlex.quote(item.value)}"
        return super().format_completion(item)


def prepare() -> None:
    """Register the completion for Bash."""
    add_completion_class(QuotedBash)
