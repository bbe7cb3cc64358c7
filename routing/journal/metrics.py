"""The worker's counters as a text file for Prometheus' node exporter, replaced atomically."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from routing.journal.counts import Counts
from routing.model.flood import SIGNS

_HELP = {
    "recorded": "Calls recorded since the start.",
    "known_already": "Calls that were recorded before, met again.",
    "late_legs": "B-legs that came after their call was recorded.",
    "remembered": "Calls handed over to the memory.",
    "notified": "Notices that the mail server or a web address accepted.",
    "callbacks_ordered": "Orders to call back, made of missed calls.",
    "callbacks_open": "Orders to call back that are open.",
    "callbacks_overdue_s": "Seconds that the oldest order waits that may be dialled; 0 without one.",
    "exported": "Exports of calls that Google Analytics or a web server accepted.",
    "exports_refused": "Exports that a server refused for good.",
    "exports_expired": "Exports given up because they were too old, or too many waited.",
    "exports_unknown": "Events for Google Analytics that were sent and not answered; they are not sent again.",
    "exports_discarded": "Exports of calls that are gone, or whose status has no event.",
    "exports_waiting": "Exports in the outbox.",
    "exports_oldest_s": "Seconds since the end of the oldest call in the outbox of exports; 0 without one.",
    "forgotten": "Calls deleted because they were old.",
    "unfinished": "Calls recorded without a CDR of FreeSWITCH: it was killed, or its disk was full.",
    "lost": "Calls that ended without a CDR and of which nothing could be kept.",
    "kept": "Calls without a CDR that wait in memory until they can be recorded.",
    "bad": "Files put aside.",
    "failures": "Passes that the database or the disk ended.",
    "floods": "Floods of calls to numbers that the company pays for, refused or only watched.",
    "floods_standing": "Floods whose callers are refused at this node now, or would be (`watch`).",
    "flood_calls": "Calls refused as a flood, by what its calls have in common.",
    "waiting": "A-legs in the spool that were not recorded in the last pass.",
}
#: Gauges; the others are counters since the start.
_NOW = frozenset({"waiting", "kept", "callbacks_open", "callbacks_overdue_s", "exports_waiting", "exports_oldest_s",
                  "floods_standing"})  # fmt: skip


def text(counts: Counts) -> str:
    """The counters in Prometheus' text format."""
    lines = []
    for name, help_text in _HELP.items():
        metric, kind = (
            (f"routing_journal_{name}", "gauge") if name in _NOW else (f"routing_journal_{name}_total", "counter")
        )
        lines += [f"# HELP {metric} {help_text}", f"# TYPE {metric} {kind}"]
        if name == "flood_calls":
            lines += [f'{metric}{{sign="{sign}"}} {counts.flood_calls[sign]}' for sign in SIGNS]
        else:
            lines.append(f"{metric} {getattr(counts, name)}")
    return "\n".join([*lines, ""])


def write_metrics(path: Path, counts: Counts) -> None:
    """Replace the file atomically."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text(counts), encoding="utf-8")
    os.replace(new, path)


def reporting(file: Path) -> Callable[[Counts], None]:
    """Writes the counters to a file whenever it is called."""
    return lambda counts: write_metrics(file, counts)
