"""``--nodes`` of ``routing publish`` and ``rollback``: all nodes of a list, or none."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from routing.cli.compiled import USUAL, build_release, show, warn
from routing.cli.errors import UserError
from routing.cli.published import authorship
from routing.cli.terminal import terminal
from routing.cluster.publish import ClusterPublisher, Going, PublishedNode, connected
from routing.cluster.settings import ClusterNode, are_mixed, read_nodes
from routing.compile.build import Release
from routing.release import node_options, pruning, sources
from routing.release import publish as publishing
from routing.release.node_options import NodeOptions

PIPE_WIDTH = 120


def publish_everywhere(
    file: Path, schemes: Path, root: Path, options: NodeOptions, quiet: bool, silence_s: float
) -> None:
    """Compile here, once for each engine's address that nodes have, and publish to every node. Raises UserFailure."""
    nodes = read_nodes(file)
    usual = options.engine or USUAL.engine
    with publishing.only_one(root):
        releases = _compiled(nodes, schemes, root, options, usual)
        if usual in releases:
            show(releases[usual], root, quiet)
        for release in releases.values():
            sources.keep(schemes, root, release.name)
        warn(next(iter(releases.values())))
        node_options.keep(root, options)
    going = {}
    for node in nodes:
        engine = node.engine or usual
        going[node.name] = Going(releases[engine].name, engine, root.resolve())
    with connected(nodes, locked=True, silence_s=silence_s, repaired=_repaired) as links:
        published = ClusterPublisher(links, _line("publish", schemes), _report).publish(going)
    _show_published(published)
    with publishing.only_one(root):
        pruning.prune(root, time.time())
        sources.prune(root)


def _compiled(
    nodes: Sequence[ClusterNode], schemes: Path, root: Path, options: NodeOptions, usual: str
) -> dict[str, Release]:
    """The engine's address -> the release that asks it."""
    found: dict[str, Release] = {}
    for engine in sorted({node.engine or usual for node in nodes}):
        try:
            found[engine] = build_release(schemes, root, NodeOptions(engine, options.secrets))
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise UserError(f"{where}{error.strerror or error}; every node runs what it ran before") from None
    return found


def roll_back_everywhere(file: Path, silence_s: float) -> None:
    """Make live on every node what was live there before the last publish. Raises UserFailure."""
    with connected(read_nodes(file), locked=True, silence_s=silence_s, repaired=_repaired) as links:
        known = {link.node.name: link.ask("status", schemes=True) for link in links}
        previous = {name: facts["previous"] for name, facts in known.items()}
        schemes = [facts.get("schemes", {}).get(facts["previous"]) for facts in known.values()]
        if lacking := [name for name, release in previous.items() if not release]:
            raise UserError(f"there is no earlier release on {', '.join(lacking)}; every node runs what it ran before")
        if are_mixed((link.node for link in links), previous, schemes):
            shown = ", ".join(f"{name}: {release}" for name, release in sorted(previous.items()))
            raise UserError(
                f"the nodes have had different releases before ({shown}); every node runs what it ran before "
                "(hint: publish the schemes of the commit that you want)"
            )
        going = {name: Going(release) for name, release in previous.items()}
        published = ClusterPublisher(links, _line("rollback", None), _report).publish(going)
    _show_published(published)


def _line(kind: str, schemes: Path | None) -> dict[str, str]:
    author, subject, commit = authorship(schemes)
    return {"kind": kind, "author": author, "subject": subject, "commit": commit}


def _repaired(node: ClusterNode) -> None:
    _report(f"{node}: a publish that was cut off there has been taken back")


def _report(text: str) -> None:
    click.echo(text, err=True)


def _show_published(published: Sequence[PublishedNode]) -> None:
    for each in published:
        for text in each.warnings:
            click.echo(f"warning: {each.node}: {text}", err=True)
    table = Table("node", "where", "live", "before", "FreeSWITCH reload", box=None, header_style="bold")
    for each in published:
        table.add_row(each.node.name, each.node.place, each.release, each.before or "nothing",
                      each.reload if each.node.node else "none runs there")  # fmt: skip
    terminal(PIPE_WIDTH).print(table)
    now = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S %Z}"
    releases = ", ".join(sorted({each.release for each in published}))
    click.echo(f"live on all {len(published)}: release {releases}; {now}")
