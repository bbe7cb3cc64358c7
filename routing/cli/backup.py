"""``routing backup`` and ``routing restore``: a node in one file, and back from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from routing.cli.calls import journal_of
from routing.cli.options import NEW_FOLDER, database_option, root_option, secrets_option
from routing.model.problem import counted
from routing.node.backup import JOURNAL, Manifest, NodePlaces, write_backup
from routing.node.restore import restore
from routing.release.publish import current, only_one, previous

_node = click.option(
    "--node", type=NEW_FOLDER, envvar="ROUTING_NODE", help="Folder of `routing node init`.  [env: ROUTING_NODE]"
)


@click.command()
@click.option(
    "--into", "file", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A new file, NAME.tar.gz."
)
@root_option()
@_node
@secrets_option()
@database_option
@click.option("--recordings", is_flag=True, help="With recordings and voicemails.")
def backup(file: Path, root: Path, node: Path | None, secrets: Path | None, database: str, recordings: bool) -> None:
    """Write the live release, its schemes, the journal, secrets and the node's password into one file.

    It may run while calls do. The file holds passwords: it is readable by its owner only.
    """
    places = NodePlaces(root, node, secrets, _file_of(database or journal_of(root)))
    made = write_backup(file, places, _releases(root), recordings)
    click.echo(f"{file}: {_described(made, places)}")
    if places.journal is None:
        click.echo("the journal is in a database server: keep a dump of it too (pg_dump)")
    if node and not recordings:
        click.echo("without recordings and voicemails: --recordings takes them too")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@root_option(kind=NEW_FOLDER)
@_node
@secrets_option()
@database_option
def restore_command(file: Path, root: Path, node: Path | None, secrets: Path | None, database: str) -> None:
    """Put a node back from the FILE of `routing backup`, into places where there is nothing yet.

    Every file is checked before anything is put in its place. Start the services afterwards.
    """
    places = NodePlaces(root, node, secrets, _file_of(database or journal_of(root)))
    found = restore(file, places)
    click.echo(f"restored: {_described(found, places)}")
    if found.root != str(root.resolve()):
        click.echo(f"the release was compiled for {found.root}: run `routing publish` once")
    click.echo("then `routing node init` with its options of before: it keeps the event socket's password")


@contextmanager
def _releases(root: Path) -> Iterator[tuple[str | None, str | None]]:
    with only_one(root):
        yield current(root), previous(root)


def _file_of(database: str) -> Path | None:
    """The journal's file; None for a server's."""
    name = database.removeprefix("sqlite:///")
    return None if "://" in name or ":" in name.partition("/")[0] else Path(name)


def _described(made: Manifest, places: NodePlaces) -> str:
    names = list(made.files)
    parts = [f"release {made.current}"]
    parts += ["the journal"] * (JOURNAL in names) + ["secrets"] * ("secrets" in names)
    calls = sum(name.startswith("node/spool/") for name in names)
    sounds = sum(name.startswith(("node/recordings/", "node/storage/")) for name in names)
    parts += [f"{counted(calls, 'call')} not yet recorded"] * bool(calls) + [counted(sounds, "sound")] * bool(sounds)
    return ", ".join(parts)
