"""Prints a traced call, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from routing.cli.terminal import terminal
from routing.offline.events import Event, as_json, ended, longest_silence_ms, rung, talked
from routing.offline.ladder import ladder, summary
from routing.offline.switch import OfflineCall

STYLES = {
    "ring": "cyan", "confirm": "cyan", "talk": "bold green", "voicemail": "green", "end": "bold", "error": "bold red",
    "decision": "magenta", "fallback": "yellow", "transfer": "yellow", "ring_end": "dim",
    "limit": "yellow",
}  # fmt: skip
PIPE_WIDTH = 160


def facts(events: Sequence[Event]) -> dict[str, Any]:
    """Plain data of a call's events."""
    end = ended(events)
    return {
        "end": end.subject,
        "seconds": end.at_ms / 1000,
        "talked": talked(events),
        "rung": rung(events),
        "longest_silence_seconds": longest_silence_ms(events) / 1000,
        "events": as_json(events),
    }


def show(events: Sequence[Event], call: OfflineCall, everything: bool, seconds: bool = False) -> None:
    """Print the ladder; ``everything``: variables and transfers too; ``seconds``: those of the call's beginning."""
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    for row in ladder(events, everything):
        style = STYLES.get(row.kind, "")
        table.add_row(f"{row.at_ms / 1000:.1f}", Text(row.place, "dim"), Text(row.word, style), Text(row.text, style))
    console = terminal(PIPE_WIDTH)
    console.print(f"{call.at:%A %Y-%m-%d} {time_of_day(call.at, seconds)} {call.at:%Z}", style="dim")
    console.print(table)
    console.print(summary(events), style="dim")


def time_of_day(moment: datetime, seconds: bool = False) -> str:
    """``10:00``; ``10:00:30.5`` with ``seconds``, or where the seconds are not zero."""
    if not (seconds or moment.second or moment.microsecond):
        return f"{moment:%H:%M}"
    rest = f"{moment:.%f}".rstrip("0") if moment.microsecond else ""
    return f"{moment:%H:%M:%S}{rest}"
