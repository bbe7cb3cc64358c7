"""The floods that were noticed, in the journal's database: the meaning and type of every column.

A change here needs a migration in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, MetaData, Table, Text, text

from routing.journal.columns import seconds_column, text_column
from routing.model.flood import FloodSign

metadata = MetaData()
#: Floods that hold.
OPEN = "ended_s = 0"

floods = Table(
    "floods",
    metadata,
    Column("id", Text, primary_key=True, doc="A random name."),
    text_column("project", "The project's name."),
    text_column("node", "The node whose calls they are."),
    text_column("number", "The company's number, E.164."),
    text_column("starts", "How the callers' numbers begin, by commas: digits or `anonymous`; empty is everybody."),
    text_column("sign", f"By what it was recognised: {', '.join(FloodSign)}."),
    text_column("why", "The same for people, with its figures."),
    text_column("state", "refused, watched, or failed where FreeSWITCH refused nobody."),
    seconds_column("began_s", "When its first calls came."),
    seconds_column("until_s", "Until when its callers are refused, unless it goes on."),
    seconds_column("ended_s", "When that ended, or 0."),
    Index("floods_open", "project", "number", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
    Index("floods_of_number", "number", "began_s"),
    sqlite_with_rowid=False,
)
