"""``routing compile``, ``publish`` and ``rollback``."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from routing.cli.compiled import USUAL, build_release, options_of, show, warn
from routing.cli.folders import folder_argument
from routing.cli.options import DURATION, ENGINE, ESL, FILE, NEW_FOLDER, ROOT, SERVER, secrets_option
from routing.cli.published import remember
from routing.model.durations import parse_duration
from routing.model.problem import UserFailure, counted
from routing.release import node_options, pruning
from routing.release import publish as publishing
from routing.release.inline import inline_state, wants_inline

_LAST = "[default: as at the last publish"
_WHERE = f"Release root.  [env: {ROOT}; default: var/root]"


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
        release = build_release(schemes, root, options_of(root, secrets, engine))
        show(release, root, quiet)
        warn(release)


_nodes_options = [
    click.option("--nodes", type=FILE, help="The list of nodes: all of them, or none."),
    click.option("--timeout", type=DURATION, default="60s", show_default=True,
                 help="With --nodes: a node that says nothing for so long is given up."),
]  # fmt: skip


def _nodes(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in _nodes_options:
        command = option(command)
    return command


@click.command()
@_options
@_esl
@_nodes
def publish_command(
    schemes: Path,
    root: Path,
    secrets: Path | None,
    engine: str,
    quiet: bool,
    esl: str,
    esl_password: str | None,
    no_reload: bool,
    nodes: Path | None,
    timeout: str,
) -> None:
    """Compile the schemes in FOLDER, verify and make the release live.

    Calls keep the release with which they began. With --nodes every node of the list gets the release and verifies it
    before any goes live; when one cannot, all run what they ran before. ROOT is then where it is compiled.
    """
    if nodes:
        from routing.cli.cluster import publish_everywhere  # one node does not wait for it

        publish_everywhere(nodes, schemes, root, options_of(root, secrets, engine), quiet, parse_duration(timeout))
        return
    with publishing.only_one(root):
        options = options_of(root, secrets, engine, esl)
        try:
            release = build_release(schemes, root, options)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise publishing.failed(root, f"{where}{error.strerror or error}") from None
        show(release, root, quiet)
        warn(release)
        _warn_of_passwords(root, release.name)
        switch = None if no_reload else _switch(options.esl or USUAL.esl, esl_password)
        published = publishing.publish(root, release.name, switch)
        pruning.prune(root, time.time(), switch)
        remember(root, published, "publish", schemes, options)
        if switch and wants_inline(root / "current"):
            _warn_of_inline(switch)
    _print_published(published)


@click.command()
@click.option("--out", "--root", "root", type=NEW_FOLDER, envvar=ROOT, default="var/root", help=_WHERE)
@_esl
@_nodes
def rollback_command(
    root: Path, esl: str, esl_password: str | None, no_reload: bool, nodes: Path | None, timeout: str
) -> None:
    """Make the release live again that was live before the last publish or rollback.

    With --nodes on every node of the list, or on none; ROOT is not used.
    """
    if nodes:
        from routing.cli.cluster import roll_back_everywhere

        roll_back_everywhere(nodes, parse_duration(timeout))
        return
    if not root.is_dir():
        raise click.BadParameter(f"Directory '{root}' does not exist.", param_hint="--root")
    with publishing.only_one(root):
        where = esl or node_options.kept(root).esl or USUAL.esl
        published = publishing.rollback(root, None if no_reload else _switch(where, esl_password))
        remember(root, published, "rollback")
    _print_published(published)


def _warn_of_passwords(root: Path, release: str) -> None:
    found = node_options.changed_passwords(root / "current", root / "releases" / release)
    if found.changed:
        click.echo(
            f"warning: {found.changed} of {counted(found.accounts, 'SIP account')} get another password: their phones "
            "are locked out until they have it (hint: with another secrets file than before? --secrets FILE, or "
            "`routing rollback`)",
            err=True,
        )


def _warn_of_inline(switch: publishing.Switch) -> None:
    """The release is live in any case: where FreeSWITCH does not decide, the engine does."""
    try:
        state = inline_state(switch)
    except (OSError, UserFailure) as problem:
        click.echo(f"warning: not asked whether FreeSWITCH decides inside: {problem}", err=True)
        return
    if state.problem:
        click.echo(f"warning: {state.problem} (hint: {state.hint})", err=True)


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
