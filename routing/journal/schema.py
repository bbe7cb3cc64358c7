"""The journal's tables. What a column means stands in `routing.journal.record`; this file says how it is stored.

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
#: Calls whose notice is still to be sent.
UNTOLD = "NOT notified AND notify <> ''"


def _text(name: str) -> Column[str]:
    """Without a bound: a text that is too long must not cost a call."""
    return Column(name, Text, nullable=False, server_default="")


def _time(name: str) -> Column[float]:
    """Seconds since the epoch."""
    return Column(name, Double, nullable=False, server_default="0")


def _seconds(name: str) -> Column[float]:
    return Column(name, Double, nullable=False, server_default="0")


calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    _text("project"),
    _text("direction"),
    _text("number"),
    _text("dialled"),
    _text("caller"),
    _text("client"),
    _text("scheme"),
    _text("schemes"),
    _text("release"),
    _time("started"),
    _time("answered"),
    _time("bridged"),
    _time("ended"),
    _text("status"),
    _text("cause"),
    _text("ended_by"),
    _text("person"),
    _text("target"),
    _seconds("wait_s"),
    _seconds("talk_s"),
    _text("recording"),
    _text("voicemail"),
    _text("box"),
    _text("decision"),
    _text("verdict"),
    Column("asked_ms", REAL, nullable=False, server_default="-1"),
    _text("source"),
    _text("entities"),
    _text("tags"),
    _text("node"),
    #: Whether Redis has the talk: the outbox of what is to be remembered.
    Column("remembered", Boolean, nullable=False, server_default=text("false")),
    _text("notify"),
    #: Whether everybody has the notice: the outbox. Nobody else sends one before ``notify_after``.
    Column("notified", Boolean, nullable=False, server_default=text("false")),
    _time("notify_after"),
    #: Who of ``notify`` has the notice, while others wait for theirs.
    _text("told"),
    Index("calls_started", "started"),
    Index("calls_client", "client", "bridged"),
    Index("calls_person", "person", "started"),
    Index("calls_to_remember", "ended", sqlite_where=text("NOT remembered"), postgresql_where=text("NOT remembered")),
    Index("calls_to_notify", "ended", sqlite_where=text(UNTOLD), postgresql_where=text(UNTOLD)),
)

steps = Table(
    "steps",
    metadata,
    Column("call", Text, primary_key=True),
    Column("n", SmallInteger, primary_key=True),
    _text("scheme"),
    _text("path"),
    _text("kind"),
    _time("started"),
    _seconds("took_s"),
    _text("inputs"),
    _text("outcome"),
    _text("decision"),
    _text("verdict"),
    Column("asked_ms", REAL, nullable=False, server_default="-1"),
    _text("result"),
    sqlite_with_rowid=False,
)

legs = Table(
    "legs",
    metadata,
    Column("call", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("n", SmallInteger, nullable=False, server_default="0"),
    _text("step"),
    _text("target"),
    _text("person"),
    _time("started"),
    _seconds("rang_s"),
    Column("picked_up", Boolean, nullable=False, server_default=text("false")),
    _seconds("talk_s"),
    _text("cause"),
    _text("why"),
    sqlite_with_rowid=False,
)
