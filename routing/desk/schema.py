"""The desk's tables in the journal's database: accounts, sessions, links and the audit log.

A change here needs a migration in ``routing/journal/migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, SmallInteger, Table, Text

from routing.journal.columns import seconds_column, text_column

metadata = MetaData()


accounts = Table(
    "desk_accounts",
    metadata,
    Column("project", Text, primary_key=True, doc="The project's name."),
    Column("name", Text, primary_key=True, doc="The user's name in the schemes."),
    text_column("password", "The password's argon2 hash, or empty."),
    text_column("totp", "The secret of the one-time codes, or empty."),
    Column("totp_step", BigInteger, nullable=False, server_default="0", doc="The last code's time step."),
    Column("failures", SmallInteger, nullable=False, server_default="0", doc="Failed sign-ins in a row."),
    seconds_column("locked_until_s", "Before this time no password is accepted."),
    seconds_column("changed_s", "When the password was set."),
)

sessions = Table(
    "desk_sessions",
    metadata,
    Column("id", Text, primary_key=True, doc="SHA-256 of the session's token."),
    text_column("project", "The project's name."),
    text_column("name", "The user's name."),
    seconds_column("began_s", "When they signed in."),
    seconds_column("seen_s", "When they were last seen."),
    text_column("address", "Their IP address."),
    text_column("agent", "Their browser."),
    Index("desk_sessions_name", "project", "name"),
)

links = Table(
    "desk_links",
    metadata,
    Column("id", Text, primary_key=True, doc="SHA-256 of the link's token."),
    text_column("project", "The project's name."),
    text_column("name", "Who signs in by it."),
    text_column("purpose", "`enter`: it signs in, once; `code`: the password was right, the one-time code is missing."),
    seconds_column("expires_s", "When it ends."),
)

audit = Table(
    "desk_audit",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True, doc="Its place."),
    text_column("project", "The project's name."),
    seconds_column("at_s", "When."),
    text_column("name", "Who."),
    text_column("role", "Their role."),
    text_column("action", "What they did."),
    text_column("subject", "To what: a call's id, a calendar, a release."),
    text_column("detail", "More about it."),
    text_column("address", "From which IP address."),
    text_column("outcome", "Empty when it is done; `begun`: not known whether it was done; `failed`."),
    Index("desk_audit_at", "project", "at_s"),
    Index("desk_audit_subject", "project", "subject"),
    Index("desk_audit_action", "project", "action"),
)

mails = Table(
    "desk_mails",
    metadata,
    Column("id", Text, primary_key=True, doc="The report, its addressee and its first day."),
    seconds_column("until_s", "Before this time no other desk sends it."),
    seconds_column("sent_s", "When a mail server accepted it, or refused it for good; 0 before."),
    Column("attempts", SmallInteger, nullable=False, server_default="0", doc="Tries that failed."),
)
