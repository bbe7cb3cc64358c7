"""The option of ``routing trace`` for a CRM's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from routing.cli.errors import UserError
from routing.offline.crm_answers import Crm, answers

_PLACE = "routing.crm"
Command = TypeVar("Command", bound=Callable[..., Any])


def _kept(context: click.Context, option: click.Parameter, value: Any) -> None:
    context.meta[_PLACE] = value


def crm_option(command: Command) -> Command:
    """Adds ``--crm``; `crm_answer` reads it."""
    about = "What CRMs answer: `ivan`, `deal ivan, Caller's name`, an owner id, `nobody`, `timeout`, `500`."
    return click.option("--crm", metavar="ANSWER", callback=_kept, expose_value=False, help=about)(command)


def crm_answer() -> Crm:
    """The CRM of the running command's option; without the option no request is made. Raises UserError."""
    given = click.get_current_context().meta.get(_PLACE)
    try:
        return answers(given or "")
    except ValueError as problem:
        raise UserError(f"--crm: {problem}") from None
