"""Turns failures into messages and exit codes: 1 the user's error, 2 wrong usage, 3 an internal error."""

from __future__ import annotations

import os
import sys
import traceback
from types import TracebackType

import click

from routing.model.problem import Problems, UserFailure, counted
from routing.model.url_secrets import masked

MOST_SHOWN = 200


class ErrorReporter:
    """Context manager around a whole command."""

    def __enter__(self) -> ErrorReporter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, SystemExit | KeyboardInterrupt):
            return
        sys.exit(report(error))


def report(error: BaseException) -> int:
    """Print the message and return the exit code."""
    if isinstance(error, Problems):
        return _problems(error)
    if isinstance(error, UserFailure):
        click.echo(f"routing: {masked(str(error))}", err=True)
        return 1
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"routing: {where}{error.strerror or error}", err=True)
        return 1
    click.echo(f"routing: internal error: {type(error).__name__}: {masked(str(error))}", err=True)
    if os.environ.get("ROUTING_DEBUG"):
        traceback.print_exception(error)
    else:
        click.echo("routing: this is a bug in routing; ROUTING_DEBUG=1 shows where", err=True)
    return 3


def _problems(error: Problems) -> int:
    for problem in error.problems[:MOST_SHOWN]:
        click.echo(str(problem), err=True)
    count = len(error.problems)
    if count > MOST_SHOWN:
        click.echo(f"... and {count - MOST_SHOWN} more", err=True)
    click.echo(counted(count, "problem"), err=True)
    return 1


class UserError(UserFailure):
    """A failure that the user can correct; the text says how."""
