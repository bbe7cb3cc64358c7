"""``routing dnd``: do-not-disturb of people, kept in Redis."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from routing.cli.completion import offered
from routing.cli.errors import UserError
from routing.cli.options import redis_option, root_option
from routing.cli.people_store import must_be_known, people_store
from routing.offline.files import DirectoryFiles
from routing.store.memory import RedisMemory


@click.command()
@click.argument("person", required=False, shell_complete=offered("people"))
@click.argument("state", type=click.Choice(["on", "off"]), required=False)
@root_option("The release root.")
@redis_option("The engine's Redis.")
def dnd(person: str | None, state: str | None, root: Path, redis: str) -> None:
    """Turn do-not-disturb of PERSON on or off; without arguments list who is on do-not-disturb."""
    table = live_table(root)
    project, people = str(table["project"]), table["people"]
    if person:
        must_be_known(person, people)
    with people_store(root, redis) as store:
        memory = RedisMemory(store)
        if person and state:
            memory.disturb(project, person, may_disturb=state == "off", now_s=time.time())
        shown = {name: since for name, since in memory.away(project).items() if person in (None, name)}
    for name, since in sorted(shown.items()):
        click.echo(f"{name}: on since {datetime.fromtimestamp(since).astimezone():%Y-%m-%d %H:%M %Z}")
    if not shown:
        click.echo(f"{person}: off" if person else "nobody is on do-not-disturb")


def live_table(root: Path) -> dict[str, Any]:
    """The table of a root's live release. Raises UserError when there is none."""
    text = DirectoryFiles(root.absolute()).read(f"{root.absolute()}/current/table.json")
    if text is None:
        raise UserError(f"{root} has no live release: `routing publish` makes one, or use another --root")
    return dict(json.loads(text))
