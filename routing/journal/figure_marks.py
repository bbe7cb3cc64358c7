"""Marks the hours whose prepared figures are out of date, in the transaction that changes their calls.

Marks are only added here, never changed, so that recording waits for nobody and a figure that is prepared meanwhile
loses none: `routing.journal.figures_store` deletes the marks that it has seen, and another mark stays.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, case, func, insert, literal, select, update

from routing.journal.figures_schema import marks, views
from routing.journal.schema import calls

#: 2100: a call with a later time has no day.
LATEST_S = 4_102_444_800.0


def mark(connection: Connection, ids: Collection[str]) -> None:
    """The hours of these recorded calls, as they are now, are out of date."""
    if ids:
        client = case((calls.c.bridged > 0, calls.c.client), else_=literal(""))
        changed = select(calls.c.project, calls.c.started, client).where(
            calls.c.id.in_(ids), calls.c.started.between(0.0, LATEST_S)
        )
        connection.execute(insert(marks).from_select(["project", "at_s", "client"], changed))


def mark_forgotten(connection: Connection, ids: Collection[str]) -> None:
    """The hours of these calls, which are deleted now, are out of date; no mark keeps their clients' numbers."""
    if ids:
        these = calls.c.id.in_(ids)
        clients = select(calls.c.client).where(these, calls.c.client != "")
        connection.execute(update(marks).where(marks.c.client.in_(clients)).values(client=""))
        gone = select(calls.c.project, calls.c.started).where(these, calls.c.started.between(0.0, LATEST_S))
        connection.execute(insert(marks).from_select(["project", "at_s"], gone))


def keep_older(connection: Connection, ids: Collection[str]) -> None:
    """These calls are deleted because they are old: the figures of their hours stay as they are."""
    if not ids:
        return
    newest = connection.scalar(select(func.max(calls.c.started)).where(calls.c.id.in_(ids)))
    if newest is not None:
        older = update(views).where(views.c.kept_from_s <= newest)
        connection.execute(older.values(kept_from_s=float(newest) + 1.0))
