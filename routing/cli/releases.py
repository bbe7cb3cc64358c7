"""``routing compile``, ``publish`` and ``rollback``."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from shlex import quote
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from routing.cli.errors import UserError
from routing.cli.folders import folder_argument, named_from_here, there
from routing.cli.options import ENGINE, ESL, FOLDER, NEW_FOLDER, ROOT, SERVER, secrets_option
from routing.cli.published import remember
from routing.cli.secrets import project_file
from routing.compile.build import Release, Secrets, build
from routing.compile.waits import MEANING
from routing.model.calendar import COMING, LIST_HOLIDAYS
from routing.model.durations import spoken
from routing.model.problem import counted
from routing.process.secrets import read_secrets
from routing.release import node_options, pruning
from routing.release import publish as publishing
from routing.release.node_options import NodeOptions
from routing.speech.voices import CommandVoices

#: What a node has that nobody has named.
USUAL = NodeOptions(engine="127.0.0.1:8084", esl="127.0.0.1:8021")
_LAST = "[default: as at the last publish"
_WHERE = f"Release root.  [env: {ROOT}; default: var/root]"


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


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        folder_argument,
        click.option("--out", "--root", "root", type=NEW_FOLDER, envvar=ROOT, default="var/root", help=_WHERE),
        secrets_option(default="that of the last publish, the project's"),
        click.option("--engine", type=ENGINE, default="", help=f"Where the engine listens.  {_LAST}, {USUAL.engine}]"),
        click.option("--quiet", is_flag=True, help="Print the release's name only."),
    ):
        command = option(command)
    return command


_esl_options = [
    click.option(
        "--esl", type=SERVER, envvar=ESL, default="", help=f"FreeSWITCH's event socket.  {_LAST}, {USUAL.esl}]"
    ),
    click.option("--esl-password", envvar="ROUTING_ESL_PASSWORD", help="Its password.  [env: ROUTING_ESL_PASSWORD]"),
    click.option("--no-reload", is_flag=True, help="Do not reload FreeSWITCH; print what it needs."),
]


def _esl(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in _esl_options:
        command = option(command)
    return command


@click.command()
@_options
def compile_command(schemes: Path, root: Path, secrets: Path | None, engine: str, quiet: bool) -> None:
    """Compile the schemes in FOLDER into a release below the release root; it does not go live."""
    with publishing.only_one(root):
        release = _build(schemes, root, _options_of(root, secrets, engine))
        _show(release, root, quiet)
        _warn(release)


@click.command()
@_options
@_esl
def publish_command(
    schemes: Path,
    root: Path,
    secrets: Path | None,
    engine: str,
    quiet: bool,
    esl: str,
    esl_password: str | None,
    no_reload: bool,
) -> None:
    """Compile the schemes in FOLDER, verify and make the release live.

    Calls keep the release with which they began.
    """
    with publishing.only_one(root):
        options = _options_of(root, secrets, engine, esl)
        try:
            release = _build(schemes, root, options)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise publishing.failed(root, f"{where}{error.strerror or error}") from None
        _show(release, root, quiet)
        _warn(release)
        _warn_of_passwords(root, release.name)
        switch = None if no_reload else _switch(options.esl or USUAL.esl, esl_password)
        published = publishing.publish(root, release.name, switch)
        pruning.prune(root, time.time(), switch)
        remember(root, published, "publish", schemes, options)
    _print_published(published)


@click.command()
@click.option("--out", "--root", "root", type=FOLDER, envvar=ROOT, default="var/root", help=_WHERE)
@_esl
def rollback_command(root: Path, esl: str, esl_password: str | None, no_reload: bool) -> None:
    """Make the release live again that was live before the last publish or rollback."""
    with publishing.only_one(root):
        where = esl or node_options.kept(root).esl or USUAL.esl
        published = publishing.rollback(root, None if no_reload else _switch(where, esl_password))
        remember(root, published, "rollback")
    _print_published(published)


def _options_of(root: Path, secrets: Path | None, engine: str, esl: str = "") -> NodeOptions:
    """What is given, else what the last publish was given, which is said."""
    last = node_options.kept(root)
    given = NodeOptions(engine, str(secrets or ""), esl)
    for name, value in asdict(last).items():
        if value and not getattr(given, name) and value != getattr(USUAL, name):
            click.echo(f"--{name} {value}, as at the last publish", err=True)
    return NodeOptions(given.engine or last.engine, given.secrets or last.secrets, given.esl or last.esl)


def _build(schemes: Path, root: Path, options: NodeOptions) -> Release:
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


def _show(release: Release, root: Path, quiet: bool) -> None:
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


def _warn(release: Release) -> None:
    """Warn of calendars without holidays in the coming year, as the lint missing-holidays does."""
    today = date.today()
    for calendar in release.calendars:
        if missing := calendar.lacks_holidays(today, today + COMING):
            click.echo(f"warning: calendar {calendar.name}: {missing} (hint: {LIST_HOLIDAYS})", err=True)


def _warn_of_passwords(root: Path, release: str) -> None:
    found = node_options.changed_passwords(root / "current", root / "releases" / release)
    if found.changed:
        click.echo(
            f"warning: {found.changed} of {counted(found.accounts, 'SIP account')} get another password: their phones "
            "are locked out until they have it (hint: with another secrets file than before? --secrets FILE, or "
            "`routing rollback`)",
            err=True,
        )


#: The most schemes listed with their longest wait; release.json has all of them.
MOST_LISTED = 40


def _switch(esl: str, password: str | None) -> publishing.Switch:
    """Connects to FreeSWITCH only when it must reload: a change of schemes alone needs no password."""

    def ask(command: str) -> str:
        from routing.cli.switch import switch  # imports gevent

        return switch(esl, password)(command)

    return ask


def _print_published(published: publishing.PublishResult) -> None:
    before = f" (before: {published.before})" if published.before and published.before != published.release else ""
    now = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S %Z}"
    click.echo(f"live: release {published.release}{before}; FreeSWITCH reload: {published.reload}; {now}")
