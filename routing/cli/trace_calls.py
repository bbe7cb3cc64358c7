"""``routing trace --calls FILE``: runs many calls on one clock; they share phones and memory."""

from __future__ import annotations

import json
from pathlib import Path

import click
from click.core import ParameterSource

from routing.cli.traced import facts, show
from routing.model.problem import Problems
from routing.offline.published import PublishedRelease
from routing.testing.cases import read_day
from routing.testing.check import check
from routing.testing.names import Names
from routing.testing.run import carry_together

#: Options that go with a file of calls.
_MAY = frozenset({"file", "schemes", "revision", "root", "everything", "as_program"})


def refuse_call_options() -> None:
    """Refuse options whose values are in the file of calls."""
    context = click.get_current_context()
    for option in context.command.params:
        if option.name not in _MAY and context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option.opts[0]} belongs in the file of --calls")


def trace_calls(file: Path, published: PublishedRelease, everything: bool, as_program: bool) -> None:
    """Run the calls of a file and print each. Raises Problems."""
    names, cases = Names(published), read_day(file)
    if wrong := [problem for case in cases for problem in check(case, names)]:
        raise Problems(wrong)
    results = carry_together(cases, names)
    if as_program:
        for result in results:
            call = {"at": result.call.at.isoformat(), "from": result.call.caller, "to": result.call.to}
            click.echo(json.dumps(call | facts(result.events), ensure_ascii=False))
        return
    for place, result in enumerate(results):
        if place:
            click.echo()
        show(result.events, result.call, everything, seconds=True)
