"""``routing forget``: removes everything that is known of a client's number."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from routing.cli.calls import journal_of, journal_to_read
from routing.cli.dnd import live_table
from routing.cli.errors import UserError
from routing.cli.options import database_option, redis_option, root_option
from routing.cli.people_store import people_store
from routing.desk.forgetting import ClientTraces, forget_client, traces
from routing.journal.faults import text_of
from routing.model import numbers
from routing.model.problem import counted
from routing.release.queues import queues_in
from routing.store.client import StoreDown


@click.command()
@click.argument("number")
@root_option("Release root: its project, journal and Redis.")
@database_option
@redis_option("The engine's Redis.", "the root's")
@click.option("--no-redis", is_flag=True, help="Leave Redis out: it forgets talks by itself after 400 days.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(number: str, root: Path, database: str, redis: str, no_redis: bool, yes: bool) -> None:
    """Remove every call of a client's NUMBER with its recordings, their callbacks, and what Redis remembers of them.

    Reports are counted anew without them, the audit log keeps two digits. The wish not to be called back stays.
    """
    table = live_table(root)
    project = str(table["project"])
    try:
        client = numbers.normalise(number, table.get("country"))
    except ValueError as problem:
        raise UserError(str(problem)) from None
    with journal_to_read(database or journal_of(root)) as engine:
        found = traces(engine, project, client)
        click.echo(f"{client}: {described(found)}")
        if not yes and not click.confirm("Remove all of it?"):
            return
        try:
            if no_redis:
                gone = forget_client(engine, project, client, None, root=root)
            else:
                with people_store(root, redis) as store:
                    queues = queues_in(root / "current/schemes")
                    gone = forget_client(engine, project, client, store, queues, table.get("people", ()), root)
        except StoreDown as problem:
            raise UserError(f"Redis: {problem} (hint: the rest is removed; repeat it, or use --no-redis)") from None
        except SQLAlchemyError as problem:
            raise UserError(f"the journal: {text_of(problem)}") from None
    click.echo(f"removed: {described(gone)}")
    if gone.kept:
        raise UserError(
            f"{gone.kept} could not be removed: recordings are not there or not ours, or an order is dialled"
        )


def described(found: ClientTraces) -> str:
    """What is known, as text."""
    parts = counted(found.calls, "call"), counted(found.sounds, "sound file"), counted(found.orders, "callback")
    return ", ".join(parts)
