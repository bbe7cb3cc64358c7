"""Compiling for ``routing compile`` and ``publish``: with which options, how far it is, what has been compiled."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from shlex import quote

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from routing.cli.errors import UserError
from routing.cli.folders import named_from_here, there
from routing.cli.secrets import project_file
from routing.compile.build import Release, Secrets, build
from routing.compile.waits import MEANING
from routing.model.calendar import COMING, LIST_HOLIDAYS
from routing.model.durations import spoken
from routing.model.problem import counted
from routing.process.secrets import read_secrets
from routing.release import node_options
from routing.release.node_options import NodeOptions
from routing.speech.voices import CommandVoices

#: What a node has that nobody has named.
USUAL = NodeOptions(engine="127.0.0.1:8084", esl="127.0.0.1:8021")
#: The most schemes listed with their longest wait; release.json has all of them.
MOST_LISTED = 40


def secrets_reader(schemes: Path, file: Path | None) -> Secrets:
    """Reads the secrets: of the file on the command line, else of the project's setting."""

    def read(setting: str) -> Mapping[str, str]:
        at = file or project_file(schemes, setting)
        if at and not at.exists():
            arguments = [f"--schemes {quote(str(schemes))}"] if str(schemes) != "schemes" else []
            arguments += [f"--file {quote(str(at))}"] if file else []
            raise UserError(
                f"{at}: No such file or directory (hint: `{' '.join(['routing secrets', *arguments])}` makes it)"
            )
        return read_secrets(at, os.environ)

    return read


def options_of(root: Path, secrets: Path | None, engine: str, esl: str = "") -> NodeOptions:
    """What is given, else what the last publish was given, which is said."""
    last = node_options.kept(root)
    given = NodeOptions(engine, str(secrets or ""), esl)
    for name, value in asdict(last).items():
        if value and not getattr(given, name) and value != getattr(USUAL, name):
            click.echo(f"--{name} {value}, as at the last publish", err=True)
    return NodeOptions(given.engine or last.engine, given.secrets or last.secrets, given.esl or last.esl)


def build_release(schemes: Path, root: Path, options: NodeOptions) -> Release:
    """Compile a release; a bar shows how far it is on a terminal. Raises Problems, OSError."""
    reader = secrets_reader(schemes, Path(options.secrets) if options.secrets else None)
    engine = options.engine or USUAL.engine
    gc.set_threshold(2_000_000)  # with 100,000 numbers a third of the time went into garbage collection
    console = Console(stderr=True)
    with named_from_here(there(schemes)):
        if not console.is_terminal:
            return build(schemes, root, reader, engine, voices=CommandVoices())
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            compiling, speaking = _shown(progress, "compiling schemes"), _shown(progress, "speaking texts")
            return build(schemes, root, reader, engine, compiling, voices=CommandVoices(speaking))


def _shown(progress: Progress, what: str) -> Callable[[int, int], None]:
    """Shows how much of something is done, from its first part on."""
    task = progress.add_task(what, total=None, visible=False)
    return lambda done, total: progress.update(task, completed=done, total=total, visible=True)


def show(release: Release, root: Path, quiet: bool) -> None:
    """Print what was compiled; ``quiet``: the name only."""
    if quiet:
        click.echo(release.name)
        return
    click.echo(f"{'scheme':<24} {'numbers':>7}  longest wait")
    shown = sorted(release.records, key=lambda record: record.scheme)
    for record in shown[:MOST_LISTED]:
        longest = spoken(round(release.longest[record.scheme]))
        click.echo(f"{record.scheme:<24} {len(record.numbers):>7}  {longest}")
    worst = max(release.longest, key=lambda name: release.longest[name], default="")
    if len(shown) > MOST_LISTED:
        rest = len(shown) - MOST_LISTED
        click.echo(f"... and {rest} more; the longest is {worst}: {spoken(round(release.longest[worst]))}")
    click.echo(f"longest wait: {MEANING}")
    if worst and release.bound > release.longest[worst]:
        click.echo(f"handlers may transfer calls between schemes: {spoken(round(release.bound))} at most")
    numbers = counted(release.number_count, "number")
    counts = f"{counted(len(release.records), 'scheme')} ({release.compiled} compiled), {numbers}"
    click.echo(f"release {release.name}: {counts}, in {root / 'releases' / release.name}")


def warn(release: Release) -> None:
    """Warn of calendars without holidays in the coming year, as the lint missing-holidays does."""
    today = date.today()
    for calendar in release.calendars:
        if missing := calendar.lacks_holidays(today, today + COMING):
            click.echo(f"warning: calendar {calendar.name}: {missing} (hint: {LIST_HOLIDAYS})", err=True)
