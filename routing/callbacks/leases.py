"""Who dials the orders of a project: one owner, by a row with a fencing token and an end.

An owner that hung while its lease passed to another one holds an old token: `CallbackStore.start` refuses it.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.callbacks.schema import leases


def take(engine: Engine, project: str, owner: str, now: float, for_s: float) -> int | None:
    """Take or renew the lease until ``now + for_s``; returns its token, or None while another owner has it. ``owner``
    is unique to the process. The token grows when the lease was let lapse, too."""
    with engine.begin() as connection:
        adding = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(adding(leases).values(project=project).on_conflict_do_nothing())
        lease = connection.execute(select(leases).where(leases.c.project == project).with_for_update()).one()
        is_running = lease.until_s > now
        if is_running and lease.owner != owner:
            return None
        token: int = lease.token if is_running else lease.token + 1
        values = {"owner": owner, "token": token, "until_s": now + for_s}
        connection.execute(update(leases).where(leases.c.project == project).values(values))
        return token


def release(engine: Engine, project: str, token: int) -> None:
    """Give the lease back at once, when the owner stops; nothing when it is not the owner's any more."""
    with engine.begin() as connection:
        held = (leases.c.project == project, leases.c.token == token)
        connection.execute(update(leases).where(*held).values(until_s=0.0, owner=""))


def holds(connection: Connection, project: str, token: int, now: float) -> bool:
    """Whether a token is the lease's and the lease runs, in a transaction before whose end nobody else takes it."""
    query = select(leases.c.token).where(leases.c.project == project, leases.c.until_s > now)
    return connection.scalar(query.with_for_update(read=True)) == token
