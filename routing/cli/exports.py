"""``routing exports``: the outbox of calls for Google Analytics and web servers: list, retry, discard, check."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from routing.cli.callback_desk import Desk, desk_options, opened_desk
from routing.cli.errors import UserError
from routing.cli.export_check import complaints_of, export_of, request_lines
from routing.cli.export_rows import show_counts, show_rows
from routing.cli.options import COUNT, EXPORT, root_option, secrets_option
from routing.journal import exports as outbox
from routing.journal.exports import QueuedExport
from routing.journal.exports_schema import ExportState
from routing.model.export_plan import GA4

#: What a person may want to look at: the rest was sent or discarded.
UNSENT = tuple(state for state in ExportState if state not in (ExportState.SENT, ExportState.DISCARDED))
#: What may be sent again without counting twice.
CERTAIN = (ExportState.WAITING, ExportState.REFUSED, ExportState.EXPIRED, ExportState.DISCARDED)
#: Rows changed at once.
MOST = 100_000


@click.group()
def exports() -> None:
    """Calls for Google Analytics and web servers."""


@exports.command("list")
@click.option(
    "--export", type=EXPORT, default="", metavar="NAME", help="Of one export: `ga4.site`, `webhooks.warehouse`."
)
@click.option("--all", "sent_too", is_flag=True, help="Sent and discarded ones too.")
@click.option("--limit", type=COUNT, default=50, show_default=True, help="The most rows to list.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object a line.")
@desk_options
def list_command(export: str, sent_too: bool, limit: int, as_json: bool, root: Path, database: str) -> None:
    """Count exports, and list those that wait or have failed, with the last problem; the newest call first."""
    with opened_desk(root, database) as desk:
        found = outbox.listed(desk.store.engine, desk.project, limit, export, states=() if sent_too else UNSENT)
        if as_json:
            for row in found:
                click.echo(json.dumps(asdict(row), ensure_ascii=False))
            return
        counts = outbox.counted(desk.store.engine, desk.project)
        show_counts({key: count for key, count in counts.items() if export in ("", key[0])})
        if found:
            show_rows(found, desk.zone)


@exports.command()
@click.argument("calls", metavar="[CALL]...", nargs=-1)
@click.option("--export", type=EXPORT, default="", metavar="NAME", help="Of one export.")
@click.option("--unknown", is_flag=True, help="Events too of which nobody knows whether Google has them: it may count "
              "them twice.")  # fmt: skip
@desk_options
def retry(calls: tuple[str, ...], export: str, unknown: bool, root: Path, database: str) -> None:
    """Send exports again: those of CALLs (the beginning of an id will do), or all that were refused.

    What is too old for Google stays too old.
    """
    states = (*(CERTAIN if calls else (ExportState.REFUSED,)), *((ExportState.UNKNOWN,) if unknown else ()))
    with opened_desk(root, database) as desk:
        rows = list(_rows(desk, calls, export, states))
        done = [row for row in rows if outbox.send_again(desk.store.engine, row, time.time())]
        click.echo(_counted(len(done), "will be sent again"))


@exports.command()
@click.argument("calls", metavar="[CALL]...", nargs=-1)
@click.option("--export", type=EXPORT, default="", metavar="NAME", help="Of one export.")
@desk_options
def discard(calls: tuple[str, ...], export: str, root: Path, database: str) -> None:
    """Take exports that wait out of the outbox: those of CALLs, or all of one --export."""
    if not calls and not export:
        raise click.UsageError("name calls, or --export for all that wait for one")
    with opened_desk(root, database) as desk:
        rows = list(_rows(desk, calls, export, (ExportState.WAITING,)))
        done = [row for row in rows if outbox.discard(desk.store.engine, row, time.time())]
        click.echo(_counted(len(done), "discarded"))


@exports.command()
@click.argument("name", type=EXPORT)
@root_option("Release root.")
@secrets_option("Secrets file.", "the environment")
@click.option("--dry-run", is_flag=True, help="Print the request and send nothing.")
def check(name: str, root: Path, secrets: Path | None, dry_run: bool) -> None:
    """Show what export NAME sends of an example call; ask Google's validation server, which counts nothing, about it.

    That server does not look at the API secret. A webhook is only shown.
    """
    export = export_of(root, name)
    for line in request_lines(name, export):
        click.echo(line)
    if dry_run or not name.startswith(GA4):
        return
    complaints = complaints_of(export, secrets, os.environ)
    for complaint in complaints:
        click.echo(f"Google: {complaint}", err=True)
    if complaints:
        raise UserError("Google would drop the event")
    click.echo("Google has nothing to say against it")


def _rows(desk: Desk, calls: Collection[str], export: str, states: Collection[ExportState]) -> Iterator[QueuedExport]:
    """The rows of calls, or all. Raises UserError for a call without any."""
    if not calls:
        yield from outbox.listed(desk.store.engine, desk.project, MOST, export, states=states)
    for start in calls:
        found = outbox.listed(desk.store.engine, desk.project, MOST, export, start, states)
        if not found:
            raise UserError(f"no export of a call that begins with `{start}` is {' or '.join(states)}")
        if len({row.call for row in found}) > 1:
            raise UserError(f"several calls begin with `{start}`: write more of the id")
        yield from found


def _counted(count: int, what: str) -> str:
    return f"{count} export{'' if count == 1 else 's'} {what}"
