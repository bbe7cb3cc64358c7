"""Clients who have asked not to be called back, until they order a call by calling themselves.

Kept is a keyed hash of the number, not the number: nobody can read from the table who refused, and a copy of it says
nothing without the project's key (`callback_keys`). Old orders go, it stays: it is needed to respect the wish.
"""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from routing.callbacks.doors import key_in
from routing.callbacks.schema import refusals
from routing.model.callback import BY_CALL, CallbackOrder, CallsUnwanted


def add(connection: Connection, project: str, number: str, now: float) -> None:
    """A client wants no calls."""
    adding = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"project": project, "digest": _digest(connection, project, number), "at_s": now}
    connection.execute(adding(refusals).values(row).on_conflict_do_nothing())


def lift(connection: Connection, project: str, number: str) -> bool:
    """A client may be called again; False when they never refused."""
    digest = _digest(connection, project, number)
    its = (refusals.c.project == project, refusals.c.digest == digest)
    return bool(connection.execute(delete(refusals).where(*its)).rowcount)


def obey(connection: Connection, new: CallbackOrder) -> None:
    """Raises CallsUnwanted for an order to call a client who has refused, unless they order it by their own call."""
    anybody = select(refusals.c.at_s).where(refusals.c.project == new.project).limit(1)
    if new.awaits or connection.scalar(anybody) is None:
        return
    if new.source in BY_CALL:
        lift(connection, new.project, new.number)
        return
    digest = _digest(connection, new.project, new.number)
    its = select(refusals.c.at_s).where(refusals.c.project == new.project, refusals.c.digest == digest)
    if connection.scalar(its) is not None:
        raise CallsUnwanted(f"{new.number} has asked not to be called back")


def _digest(connection: Connection, project: str, number: str) -> str:
    return hmac.new(key_in(connection, project), f"refusal {number}".encode(), hashlib.sha256).hexdigest()
