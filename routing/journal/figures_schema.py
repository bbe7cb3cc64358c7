"""The tables of prepared figures: sums by hour and by day, and which of them are out of date.

A change here needs a migration in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import BigInteger, Column, Double, Index, Integer, MetaData, Table, Text, text

from routing.journal.figures import CallSums

metadata = MetaData()
#: Marks whose client's other calls are not marked yet.
OF_A_CLIENT = "client <> ''"


def _sums(name: str, begins: str) -> Table:
    """A table of sums; its first columns find them, the others are those of `CallSums`."""
    counts = [
        Column(each.name, Double if each.name.endswith("_s") else Integer, nullable=False, server_default="0")
        for each in fields(CallSums)
    ]
    return Table(
        name,
        metadata,
        Column("project", Text, primary_key=True, doc="The project's name."),
        Column("view", Text, primary_key=True, doc="The part of the calls: `FigureView.id`."),
        Column("kind", Text, primary_key=True, doc="What it is counted by."),
        Column("at", BigInteger, primary_key=True, doc=begins),
        Column("name", Text, primary_key=True, doc="The scheme, number, source, person, queue or status."),
        *counts,
        sqlite_with_rowid=False,
    )


hours = _sums("figure_hours", "When the hour begins, seconds since the epoch.")
days = _sums("figure_days", "When the day begins in the project's zone, seconds since the epoch.")

#: Written with a call in one transaction; deleted with the sums that hold the call in one transaction.
marks = Table(
    "figure_marks",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True, doc="Its place."),
    Column("project", Text, nullable=False, server_default="", doc="The call's project."),
    Column("at_s", Double, nullable=False, server_default="0", doc="When the call began: that hour is out of date."),
    Column("client", Text, nullable=False, server_default="", doc="Whose other calls are too: a client who talked."),
    Index("figure_marks_at", "at_s"),
    Index("figure_marks_client", "n", sqlite_where=text(OF_A_CLIENT), postgresql_where=text(OF_A_CLIENT)),
)

views = Table(
    "figure_views",
    metadata,
    Column("project", Text, primary_key=True, doc="The project's name."),
    Column("view", Text, primary_key=True, doc="`FigureView.id`; empty for all calls."),
    Column("people", Text, nullable=False, server_default="", doc="Its people, separated by spaces."),
    Column("schemes", Text, nullable=False, server_default="", doc="Its schemes, separated by spaces."),
    Column("zone", Text, nullable=False, server_default="", doc="The time zone of its days."),
    Column("kept_from_s", Double, nullable=False, server_default="0", doc="Older hours stay: their calls are deleted."),
    Column("needed_s", Double, nullable=False, server_default="0", doc="When a worker last had it in its release."),
)
