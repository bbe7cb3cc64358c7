"""The desk's tables in the journal's database: accounts, sessions, links and the audit log.

A change here needs a migration in ``routing/journal/migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, MetaData, SmallInteger, Table, Text

metadata = MetaData()


def _text(name: str, meaning: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="", doc=meaning)


def _time(name: str, meaning: str) -> Column[float]:
    """Seconds since the epoch."""
    return Column(name, Double, nullable=False, server_default="0", doc=meaning)


accounts = Table(
    "desk_accounts",
    metadata,
    Column("project", Text, primary_key=True, doc="The project's name."),
    Column("name", Text, primary_key=True, doc="The user's name in the schemes."),
    _text("password", "The password's argon2 hash, or empty."),
    _text("totp", "The secret of the one-time codes, or empty."),
    Column("totp_step", BigInteger, nullable=False, server_default="0", doc="The last code's time step."),
    Column("failures", SmallInteger, nullable=False, server_default="0", doc="Failed sign-ins in a row."),
    _time("locked_until_s", "Before this time no password is accepted."),
    _time("changed_s", "When the password was set."),
)

sessions = Table(
    "desk_sessions",
    metadata,
    Column("id", Text, primary_key=True, doc="SHA-256 of the session's token."),
    _text("project", "The project's name."),
    _text("name", "The user's name."),
    _time("began_s", "When they signed in."),
    _time("seen_s", "When they were last seen."),
    _text("address", "Their IP address."),
    _text("agent", "Their browser."),
    Index("desk_sessions_name", "project", "name"),
)

links = Table(
    "desk_links",
    metadata,
    Column("id", Text, primary_key=True, doc="SHA-256 of the link's token."),
    _text("project", "The project's name."),
    _text("name", "Who signs in by it."),
    _text("purpose", "`enter`: it signs in, once; `code`: the password was right, the one-time code is missing."),
    _time("expires_s", "When it ends."),
)

audit = Table(
    "desk_audit",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True, doc="Its place."),
    _text("project", "The project's name."),
    _time("at_s", "When."),
    _text("name", "Who."),
    _text("role", "Their role."),
    _text("action", "What they did."),
    _text("subject", "To what: a call's id, a calendar, a release."),
    _text("detail", "More about it."),
    _text("address", "From which IP address."),
    _text("outcome", "Empty when it is done; `begun`: not known whether it was done; `failed`."),
    Index("desk_audit_at", "project", "at_s"),
    Index("desk_audit_subject", "project", "subject"),
    Index("desk_audit_action", "project", "action"),
)

mails = Table(
    "desk_mails",
    metadata,
    Column("id", Text, primary_key=True, doc="The report, its addressee and its first day."),
    _time("until_s", "Before this time no other desk sends it."),
    _time("sent_s", "When a mail server accepted it, or refused it for good; 0 before."),
    Column("attempts", SmallInteger, nullable=False, server_default="0", doc="Tries that failed."),
)
