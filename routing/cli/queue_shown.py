"""The queues of ``routing queue show``: those where nobody waits, and how one is printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from routing.cli.dnd import live_table
from routing.cli.people_store import people_store
from routing.model.durations import spoken
from routing.model.problem import counted
from routing.model.queue import DutyRecord
from routing.release.queues import queues_in
from routing.store.duties import RedisDuties

#: So much of a call's id is shown, and enough to name it.
SHORT = 8


def without_callers(root: Path, redis: str, shown: set[str]) -> list[dict[str, Any]]:
    """The queues of the live release that are not shown, as `pictures`: people are ready, or why they are not."""
    project, queues = str(live_table(root)["project"]), queues_in(root / "current/schemes")
    with people_store(root, redis) as store:
        records = RedisDuties(store).records(project)
    return [
        {
            "queue": name,
            "project": project,
            "callers": [],
            "people": {
                person: records.get(person, DutyRecord()).why_absent(name, must_sign_in) or "ready" for person in people
            },
        }
        for name, (people, must_sign_in) in sorted(queues.items())
        if name not in shown
    ]


def print_queue(found: dict[str, Any]) -> None:
    """A line about a queue and its people, and a table of its callers."""
    waiting = sum(not caller["talks_with"] for caller in found["callers"])
    people = ", ".join(f"{name} {state}" for name, state in found["people"].items())
    click.echo(f"{found['queue']}: {counted(waiting, 'caller')} waiting; {people}")
    if not found["callers"]:
        return
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("place", "waits", "call", "caller", "with"):
        table.add_column(title, no_wrap=title != "with")
    for caller in found["callers"]:
        table.add_row(
            str(caller["place"] or ""),
            spoken(caller["waits_s"]),
            caller["call"][:SHORT],
            caller["caller"],
            _with(caller),
        )
    Console(highlight=False).print(table)


def _with(caller: dict[str, Any]) -> str:
    if caller["talks_with"]:
        return f"talks with {caller['talks_with']}"
    return f"rings {', '.join(caller['rings'])}" if caller["rings"] else ""
