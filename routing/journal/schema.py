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

from routing.journal.columns import seconds_column, text_column

metadata = MetaData()
#: Calls with an unsent notice.
UNSENT = "NOT notified AND notify <> ''"
#: Calls with a sound that was not deleted, and those whose sounds are not encrypted.
WITH_SOUNDS = "recording <> '' AND recording_gone = 0 OR voicemail <> '' AND voicemail_gone = 0"
TO_SEAL = f"NOT sealed AND ({WITH_SOUNDS})"
#: Utterances that were not deleted, and those that are not encrypted.
KEPT_UTTERANCES = "gone = 0"
CLEAR_UTTERANCES = f"NOT sealed AND {KEPT_UTTERANCES}"


calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True, doc="FreeSWITCH's uuid of the caller's leg."),
    text_column("project", "The project's name."),
    text_column("direction", "in, out, internal or callback."),
    text_column("number", "The company's number, E.164."),
    text_column("dialled", "What was dialled."),
    text_column("caller", "Who dialled: E.164, anonymous, or a phone's account."),
    text_column("client", "The outside party, E.164; empty within the company."),
    text_column("scheme", "The scheme that the number leads to."),
    text_column("schemes", "All schemes that the call passed through, separated by spaces."),
    text_column("release", "The release that carried it."),
    seconds_column("started", "When it came."),
    seconds_column("answered", "When it was first answered, by a person or by the scheme."),
    seconds_column("bridged", "When the talk began."),
    seconds_column("ended", "When it ended."),
    text_column("status", "How it ended: the table below."),
    text_column("cause", "Its hangup cause."),
    text_column("ended_by", "Who hung up: `caller`, `person` or `switch`."),
    text_column("person", "Who talked (in) or who called (out)."),
    text_column("target", "The phone that was talked with."),
    seconds_column("wait_s", "Seconds until the talk, else to the end."),
    seconds_column("talk_s", "Seconds of the talk."),
    text_column("recording", "The recording's file on the node."),
    text_column("voicemail", "The voicemail's file on the node."),
    text_column("box", "The voicemail's box."),
    text_column("decision", "The engine's last decision."),
    text_column("verdict", "That decision's reason."),
    Column(
        "asked_ms",
        REAL,
        nullable=False,
        server_default="-1",
        doc="Milliseconds until that decision; -1: none was requested.",
    ),
    text_column("source", "Where the site's visitor came from, as JSON."),
    text_column("entities", "The site's facts of its visitor, as JSON."),
    text_column("tags", "Labels of `tag` steps, separated by spaces."),
    text_column("client_name", "What a webhook or CRM called the client."),
    text_column("node", "FreeSWITCH's switchname of the node that carried it."),
    #: Whether Redis has the talk: the outbox of talks.
    Column("remembered", Boolean, nullable=False, server_default=text("false"), doc="Whether Redis has the talk."),
    text_column("notify", "Who gets the notice, separated by spaces."),
    #: Whether everybody has the notice: the outbox of notices. No other worker sends one before ``notify_after``.
    Column("notified", Boolean, nullable=False, server_default=text("false"), doc="Whether everybody has the notice."),
    seconds_column("notify_after", "Before this time no other worker sends it."),
    #: The addressees in ``notify`` that have the notice, while others wait.
    text_column("told", "Who has the notice already."),
    Column(
        "to_settle",
        Boolean,
        nullable=False,
        server_default=text("false"),
        doc="Whether orders have not heard of it yet.",
    ),
    seconds_column("announced", "When the announcement of the recording had been heard."),
    text_column("masked", "When the recording holds silence: `12.5-40.1 60.0-`, in seconds from its beginning."),
    seconds_column("recording_gone", "When the recording was deleted, and the call kept."),
    seconds_column("voicemail_gone", "When the voicemail was deleted, and the call kept."),
    text_column("gone_why", "Why: `retention`, or the reason that was given."),
    Column("sealed", Boolean, nullable=False, server_default=text("false"), doc="Whether its sounds are encrypted."),
    Column("rating", SmallInteger, nullable=False, server_default="0", doc="The caller's score, 1 to 5; 0: none."),
    seconds_column("rating_requested", "When the caller was asked for it; 0: not asked."),
    text_column("rated_person", "Whom it is about: the last person who talked."),
    Index("calls_started", "started"),
    Index("calls_client", "client", "bridged"),
    Index("calls_person", "person", "started"),
    Index("calls_number", "number", "started"),
    Index("calls_status", "status", "started"),
    Index("calls_direction", "direction", "started"),
    Index("calls_to_remember", "ended", sqlite_where=text("NOT remembered"), postgresql_where=text("NOT remembered")),
    Index("calls_with_sounds", "started", "id", sqlite_where=text(WITH_SOUNDS), postgresql_where=text(WITH_SOUNDS)),
    Index("calls_to_seal", "started", "id", sqlite_where=text(TO_SEAL), postgresql_where=text(TO_SEAL)),
    Index("calls_to_settle", "ended", sqlite_where=text("to_settle"), postgresql_where=text("to_settle")),
    Index("calls_to_notify", "ended", sqlite_where=text(UNSENT), postgresql_where=text(UNSENT)),
)

steps = Table(
    "steps",
    metadata,
    Column("call", Text, primary_key=True, doc="The call's id."),
    Column("n", SmallInteger, primary_key=True, doc="Its place in the call."),
    text_column("scheme", "Its scheme."),
    text_column("path", "Its place in the scheme."),
    text_column("kind", "The kind of step."),
    seconds_column("started", "When it began."),
    seconds_column("took_s", "Seconds until the next step or the talk."),
    text_column("inputs", "What it used, as text."),
    text_column("outcome", "What happened, as text."),
    text_column("decision", "The engine's decision, as FreeSWITCH got it."),
    text_column("verdict", "The decision's reason."),
    Column(
        "asked_ms",
        REAL,
        nullable=False,
        server_default="-1",
        doc="Milliseconds until the engine's decision; -1: none was requested.",
    ),
    text_column("result", "Its result: one of a fixed list."),
    sqlite_with_rowid=False,
)

legs = Table(
    "legs",
    metadata,
    Column("call", Text, primary_key=True, doc="The call's id."),
    Column("id", Text, primary_key=True, doc="The leg's uuid, or `-<step>.<target>` when none could be created."),
    Column("n", SmallInteger, nullable=False, server_default="0", doc="Its place in the call."),
    text_column("step", "The step that rang it."),
    text_column("target", "The phone."),
    text_column("person", "Whose phone it is."),
    seconds_column("started", "When it began to ring."),
    seconds_column("rang_s", "Seconds until it was picked up or stopped."),
    Column("picked_up", Boolean, nullable=False, server_default=text("false"), doc="Whether somebody picked up."),
    seconds_column("talk_s", "Seconds of the talk."),
    text_column("cause", "Its hangup cause."),
    text_column("why", "Why there was no talk on this phone, as text; empty when there was."),
    sqlite_with_rowid=False,
)

#: Who talked, called out or was rung, with the call's own facts: lists of somebody's calls need no other table.
involved = Table(
    "involved",
    metadata,
    Column("person", Text, primary_key=True, doc="Who talked, called out or was rung."),
    Column("started", Double, primary_key=True, doc="When the call came."),
    Column("call", Text, primary_key=True, doc="The call's id."),
    text_column("status", "The call's status."),
    text_column("direction", "The call's direction."),
    Index("involved_call", "call"),
    sqlite_with_rowid=False,
)

marks = Table(
    "marks",
    metadata,
    Column("kind", Text, primary_key=True, doc="`scheme`, `queue`, `tag`, `rating` or `word`."),
    Column(
        "name",
        Text,
        primary_key=True,
        doc="A scheme of the call; a queue; a label; a score, `rated` or `silent`; a word of the client's name, in "
        "hexadecimal UTF-8.",
    ),
    Column("started", Double, primary_key=True, doc="When the call came."),
    Column("call", Text, primary_key=True, doc="The call's id."),
    Index("marks_call", "call"),
    sqlite_with_rowid=False,
)

#: What callers said at speech menus, where the project keeps it.
utterances = Table(
    "utterances",
    metadata,
    Column("path", Text, primary_key=True, doc="Its file on the node."),
    Column("call", Text, nullable=False, doc="The call's id."),
    seconds_column("heard_at", "When it was said."),
    seconds_column("until", "When it has to go at the latest."),
    text_column("heard", "What the recogniser heard; empty for no words, and once the file is deleted."),
    Column("confidence", REAL, nullable=False, server_default="0", doc="How surely, 0 to 1."),
    text_column("option", "The option whose phrase that was; empty for none."),
    text_column("recogniser", "Which recogniser it was."),
    text_column("language", "The call's language."),
    text_column("scheme", "The scheme of the speech menu."),
    text_column("step", "Its place in the scheme."),
    seconds_column("gone", "When the file was deleted."),
    text_column("gone_why", "Why: `retention`, or the reason that was given."),
    Column("sealed", Boolean, nullable=False, server_default=text("false"), doc="Whether the file is encrypted."),
    Index("utterances_call", "call"),
    Index(
        "utterances_kept", "until", "path",
        sqlite_where=text(KEPT_UTTERANCES), postgresql_where=text(KEPT_UTTERANCES),
    ),
    Index(
        "utterances_to_seal", "until", "path",
        sqlite_where=text(CLEAR_UTTERANCES), postgresql_where=text(CLEAR_UTTERANCES),
    ),
    sqlite_with_rowid=False,
)  # fmt: skip
