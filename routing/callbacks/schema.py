"""The tables of callbacks in the journal's database: the meaning and type of every column.

A change here needs a migration in ``routing/journal/migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, MetaData, SmallInteger, Table, Text, text

metadata = MetaData()
#: Orders that wait for their call, or are being dialled.
IS_OPEN = "status IN ('ordered', 'dialling')"
_OPEN = text(IS_OPEN)
#: One order of these is open at most: of a client, of a colleague who awaits a person.
ONE = ("project", "number", "person", "awaits")
#: Orders of clients, not of colleagues.
OF_CLIENTS = "awaits = ''"


def _text(name: str, meaning: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="", doc=meaning)


def _time(name: str, meaning: str) -> Column[float]:
    return Column(name, Double, nullable=False, server_default="0", doc=meaning)


callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Text, primary_key=True, doc="The order's id, 128 random bits."),
    _text("project", "The project's name."),
    _text("number", "The client's number, E.164."),
    _text("scheme", "The scheme by which somebody is rung."),
    _text("dialled", "The company's number that the client called or saw."),
    _text("source", "What ordered it: api, widget, queue, step, missed, colleague or cli."),
    _text("person", "The colleague who ordered, or empty."),
    _text("awaits", "The person with whom the colleague is connected when that one is free, or empty."),
    _text("first", "Who is rung first: person or client."),
    _time("created_s", "When it was ordered."),
    _time("not_before_s", "The time of the next attempt."),
    _time("expires_s", "When it is given up."),
    Column("tries_left", SmallInteger, nullable=False, server_default="0", doc="Attempts that are left."),
    _text("status", "ordered, dialling, talked, given_up, cancelled, expired or withdrawn."),
    _text("entities", "The site's facts of its visitor, as JSON."),
    _text("source_facts", "Where the site's visitor came from, as JSON."),
    _text("consent", "The text that the client agreed to, its page and the time, as JSON."),
    _text("call_id", "The call that ordered it, or empty."),
    Column("place_s", Double, nullable=True, doc="When the client came to the queue in which they keep their place."),
    _time("closed_s", "When it was closed, 0 while it is open."),
    _text("held", "Why it was not dialled when it was due, or empty."),
    _text("visitor", "A hash of the page's visitor who ordered it, or empty."),
    Index("callbacks_open", *ONE, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("callbacks_due", "project", "not_before_s", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("callbacks_created", "created_s"),
    Index("callbacks_number", "number"),
    Index("callbacks_call", "call_id"),
)  # fmt: skip

attempts = Table(
    "callback_attempts",
    metadata,
    Column("uuid", Text, primary_key=True, doc="FreeSWITCH's uuid of the call, fixed before it is dialled."),
    _text("callback", "The order's id."),
    Column("number", SmallInteger, nullable=False, server_default="0", doc="1 for the first attempt."),
    _time("began_s", "When it began."),
    _time("ended_s", "When it ended, 0 while it lasts."),
    _text("cause", "Its hangup cause, UNKNOWN, or NOBODY of the company."),
    _time("talked_s", "Seconds that the client talked with a person."),
    Index("callback_attempts_callback", "callback"),
    Index("callback_attempts_began", "began_s"),
)

events = Table(
    "callback_events",
    metadata,
    Column("callback", Text, primary_key=True, doc="The order's id."),
    Column("n", SmallInteger, primary_key=True, doc="Its place in the order's life."),
    _text("event", "The status that the order took."),
    _time("at_s", "When."),
    Column("sent", Boolean, nullable=False, server_default=text("false"), doc="Whether the webhook has it."),
    _time("send_after", "Before this time no other process sends it."),
    _text("reached", "Who has the notice already, separated by spaces."),
    Index("callback_events_unsent", "at_s", sqlite_where=text("NOT sent"), postgresql_where=text("NOT sent")),
    sqlite_with_rowid=False,
)

leases = Table(
    "callback_leases",
    metadata,
    Column("project", Text, primary_key=True, doc="The project whose orders the owner dials."),
    _text("owner", "The process that dials."),
    Column("token", BigInteger, nullable=False, server_default="0", doc="Grows with each owner."),
    _time("until_s", "When the lease ends unless it is renewed."),
    sqlite_with_rowid=False,
)

keys = Table(
    "callback_keys",
    metadata,
    Column("project", Text, primary_key=True, doc="The project."),
    _text("key", "Random, in hex: signs challenges and the addresses of orders."),
    sqlite_with_rowid=False,
)

proofs = Table(
    "callback_proofs",
    metadata,
    Column("challenge", Text, primary_key=True, doc="A challenge that was proved and used."),
    _time("expires_s", "When it ends."),
    Index("callback_proofs_expires", "expires_s"),
    sqlite_with_rowid=False,
)

refusals = Table(
    "callback_refusals",
    metadata,
    Column("project", Text, primary_key=True, doc="The project."),
    Column("digest", Text, primary_key=True, doc="The number of a client who wants no calls, keyed and hashed."),
    _time("at_s", "When they said so."),
    sqlite_with_rowid=False,
)

requests = Table(
    "callback_requests",
    metadata,
    Column("id", Text, primary_key=True, doc="The id that its maker knows it by."),
    _text("callback", "The open order of the client that somebody else had made."),
    _text("wish", "The order that it would have been, as JSON."),
    _time("expires_s", "When it is given up."),
    _time("cancelled_s", "When its maker cancelled it, or 0."),
    Index("callback_requests_callback", "callback"),
    sqlite_with_rowid=False,
)
