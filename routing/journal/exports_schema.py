"""The outbox of exports in the journal's database: the meaning and type of every column.

A change here needs a migration in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Column, Index, Integer, MetaData, Table, Text, text

from routing.journal.columns import seconds_column, text_column

metadata = MetaData()
#: Exports that are not finished.
OPEN = "done_s = 0"


class ExportState(StrEnum):
    """Where an export stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    DISCARDED = "discarded"


#: What each means; those after `sending` are final.
STATES = {
    ExportState.WAITING: "it is sent at `send_after_s`, or when the server is back",
    ExportState.SENDING: "a process sends it; `send_after_s` is the end of its lease",
    ExportState.SENT: "the server has accepted it",
    ExportState.REFUSED: "the server refuses it for good, or the live release exports nothing under this name",
    ExportState.EXPIRED: "too old: Google takes events within 24 hours of the session's beginning; others wait a week",
    ExportState.UNKNOWN: "Google may have it or not: the process died or the answer did not come; it is not sent twice",
    ExportState.DISCARDED: "somebody has discarded it",
}


exports = Table(
    "exports",
    metadata,
    Column("call", Text, primary_key=True, doc="The call's id."),
    Column("export", Text, primary_key=True, doc="Its name in `exports` of the project: `ga4.site`."),
    text_column("project", "The project's name."),
    seconds_column("ended_s", "When the call ended."),
    text_column("state", "The table below."),
    seconds_column("send_after_s", "Before this time no process sends it."),
    Column("attempts", Integer, nullable=False, server_default="0", doc="How often it was sent."),
    text_column("problem", "Why the last attempt failed."),
    seconds_column("done_s", "When it was finished, or 0."),
    Index("exports_open", "project", "export", "ended_s", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
    Index("exports_done", "done_s"),
    sqlite_with_rowid=False,
)
