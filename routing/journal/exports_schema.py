"""The outbox of exports in the journal's database: the meaning and type of every column.

A change here needs a migration in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Column, Double, Index, Integer, MetaData, Table, Text, text

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


def _text(name: str, meaning: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="", doc=meaning)


def _time(name: str, meaning: str) -> Column[float]:
    return Column(name, Double, nullable=False, server_default="0", doc=meaning)


exports = Table(
    "exports",
    metadata,
    Column("call", Text, primary_key=True, doc="The call's id."),
    Column("export", Text, primary_key=True, doc="Its name in `exports` of the project: `ga4.site`."),
    _text("project", "The project's name."),
    _time("ended_s", "When the call ended."),
    _text("state", "The table below."),
    _time("send_after_s", "Before this time no process sends it."),
    Column("attempts", Integer, nullable=False, server_default="0", doc="How often it was sent."),
    _text("problem", "Why the last attempt failed."),
    _time("done_s", "When it was finished, or 0."),
    Index("exports_open", "project", "export", "ended_s", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
    Index("exports_done", "done_s"),
    sqlite_with_rowid=False,
)
