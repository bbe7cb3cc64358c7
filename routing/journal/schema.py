"""The journal's tables: the meaning and type of every column. `routing.journal.record` is the same in memory.

A change here needs a migration in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    REAL,
    Boolean,
    Column,
    Double,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)  # fmt: skip

metadata = MetaData()
#: Calls with an unsent notice.
UNSENT = "NOT notified AND notify <> ''"


def _text(name: str, meaning: str) -> Column[str]:
    """Without a length limit: a text that is too long must not lose a call."""
    return Column(name, Text, nullable=False, server_default="", doc=meaning)


def _time(name: str, meaning: str) -> Column[float]:
    """Seconds since the epoch."""
    return Column(name, Double, nullable=False, server_default="0", doc=meaning)


def _seconds(name: str, meaning: str) -> Column[float]:
    return Column(name, Double, nullable=False, server_default="0", doc=meaning)


calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True, doc="FreeSWITCH's uuid of the caller's leg."),
    _text("project", "The project's name."),
    _text("direction", "in, out, internal or callback."),
    _text("number", "The company's number, E.164."),
    _text("dialled", "What was dialled."),
    _text("caller", "Who dialled: E.164, anonymous, or a phone's account."),
    _text("client", "The outside party, E.164; empty within the company."),
    _text("scheme", "The scheme that the number leads to."),
    _text("schemes", "All schemes that the call passed through, separated by spaces."),
    _text("release", "The release that carried it."),
    _time("started", "When it came."),
    _time("answered", "When it was first answered, by a person or by the scheme."),
    _time("bridged", "When the talk began."),
    _time("ended", "When it ended."),
    _text("status", "How it ended: the table below."),
    _text("cause", "Its hangup cause."),
    _text("ended_by", "Who hung up: `caller`, `person` or `switch`."),
    _text("person", "Who talked (in) or who called (out)."),
    _text("target", "The phone that was talked with."),
    _seconds("wait_s", "Seconds until the talk, else to the end."),
    _seconds("talk_s", "Seconds of the talk."),
    _text("recording", "The recording's file on the node."),
    _text("voicemail", "The voicemail's file on the node."),
    _text("box", "The voicemail's box."),
    _text("decision", "The engine's last decision."),
    _text("verdict", "That decision's reason."),
    Column(
        "asked_ms",
        REAL,
        nullable=False,
        server_default="-1",
        doc="Milliseconds until that decision; -1: none was requested.",
    ),
    _text("source", "Where the site's visitor came from, as JSON."),
    _text("entities", "The site's facts of its visitor, as JSON."),
    _text("tags", "Labels of `tag` steps, separated by spaces."),
    _text("client_name", "What a webhook or CRM called the client."),
    _text("node", "FreeSWITCH's switchname of the node that carried it."),
    #: Whether Redis has the talk: the outbox of talks.
    Column("remembered", Boolean, nullable=False, server_default=text("false"), doc="Whether Redis has the talk."),
    _text("notify", "Who gets the notice, separated by spaces."),
    #: Whether everybody has the notice: the outbox of notices. No other worker sends one before ``notify_after``.
    Column("notified", Boolean, nullable=False, server_default=text("false"), doc="Whether everybody has the notice."),
    _time("notify_after", "Before this time no other worker sends it."),
    #: The addressees in ``notify`` that have the notice, while others wait.
    _text("told", "Who has the notice already."),
    Column(
        "to_settle",
        Boolean,
        nullable=False,
        server_default=text("false"),
        doc="Whether orders have not heard of it yet.",
    ),
    Index("calls_started", "started"),
    Index("calls_client", "client", "bridged"),
    Index("calls_person", "person", "started"),
    Index("calls_number", "number", "started"),
    Index("calls_status", "status", "started"),
    Index("calls_direction", "direction", "started"),
    Index("calls_to_remember", "ended", sqlite_where=text("NOT remembered"), postgresql_where=text("NOT remembered")),
    Index("calls_to_settle", "ended", sqlite_where=text("to_settle"), postgresql_where=text("to_settle")),
    Index("calls_to_notify", "ended", sqlite_where=text(UNSENT), postgresql_where=text(UNSENT)),
)

steps = Table(
    "steps",
    metadata,
    Column("call", Text, primary_key=True, doc="The call's id."),
    Column("n", SmallInteger, primary_key=True, doc="Its place in the call."),
    _text("scheme", "Its scheme."),
    _text("path", "Its place in the scheme."),
    _text("kind", "The kind of step."),
    _time("started", "When it began."),
    _seconds("took_s", "Seconds until the next step or the talk."),
    _text("inputs", "What it used, as text."),
    _text("outcome", "What happened, as text."),
    _text("decision", "The engine's decision, as FreeSWITCH got it."),
    _text("verdict", "The decision's reason."),
    Column(
        "asked_ms",
        REAL,
        nullable=False,
        server_default="-1",
        doc="Milliseconds until the engine's decision; -1: none was requested.",
    ),
    _text("result", "Its result: one of a fixed list."),
    sqlite_with_rowid=False,
)

legs = Table(
    "legs",
    metadata,
    Column("call", Text, primary_key=True, doc="The call's id."),
    Column("id", Text, primary_key=True, doc="The leg's uuid, or `-<step>.<target>` when none could be created."),
    Column("n", SmallInteger, nullable=False, server_default="0", doc="Its place in the call."),
    _text("step", "The step that rang it."),
    _text("target", "The phone."),
    _text("person", "Whose phone it is."),
    _time("started", "When it began to ring."),
    _seconds("rang_s", "Seconds until it was picked up or stopped."),
    Column("picked_up", Boolean, nullable=False, server_default=text("false"), doc="Whether somebody picked up."),
    _seconds("talk_s", "Seconds of the talk."),
    _text("cause", "Its hangup cause."),
    _text("why", "Why there was no talk on this phone, as text; empty when there was."),
    sqlite_with_rowid=False,
)

#: Who talked, called out or was rung, with the call's own facts: lists of somebody's calls need no other table.
involved = Table(
    "involved",
    metadata,
    Column("person", Text, primary_key=True, doc="Who talked, called out or was rung."),
    Column("started", Double, primary_key=True, doc="When the call came."),
    Column("call", Text, primary_key=True, doc="The call's id."),
    _text("status", "The call's status."),
    _text("direction", "The call's direction."),
    Index("involved_call", "call"),
    sqlite_with_rowid=False,
)

marks = Table(
    "marks",
    metadata,
    Column("kind", Text, primary_key=True, doc="`scheme` or `tag`."),
    Column("name", Text, primary_key=True, doc="A scheme that the call passed through; a label of a `tag` step."),
    Column("started", Double, primary_key=True, doc="When the call came."),
    Column("call", Text, primary_key=True, doc="The call's id."),
    Index("marks_call", "call"),
    sqlite_with_rowid=False,
)
