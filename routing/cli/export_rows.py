"""The outbox of exports for people to read: counts, and rows in a table that fits the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from routing.cli.listed import printable, when
from routing.journal.exports import QueuedExport
from routing.journal.exports_schema import ExportState

_SHORT = "%d.%m %H:%M %Z"


def show_counts(counts: Mapping[tuple[str, str], int]) -> None:
    """A line for each export: how many rows are in each state."""
    if not counts:
        click.echo("no exports yet (a call has some when the release that carried it has `exports`)")
    for name in sorted({export for export, _ in counts}):
        parts = [f"{counts[name, state]} {state}" for state in ExportState if (name, state) in counts]
        click.echo(f"{name}: {', '.join(parts)}")


def show_rows(rows: Iterable[QueuedExport], zone: tzinfo) -> None:
    """Print rows as a table."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    for title in ("ended", "call", "export", "state", "tries", "next", "problem"):
        is_long = title == "problem"
        table.add_column(title, no_wrap=True, overflow="ellipsis", min_width=10 if is_long else None)
    for row in rows:
        is_due = row.state == ExportState.WAITING and row.send_after_s
        cells = (
            when(row.ended_s, zone, _SHORT), row.call[:8], row.export, row.state, str(row.attempts),
            when(row.send_after_s, zone, _SHORT) if is_due else "", row.problem,
        )  # fmt: skip
        table.add_row(*(Text(printable(text)) for text in cells))
    Console(highlight=False).print(table)
