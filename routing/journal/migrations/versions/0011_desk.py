"""Accounts, sessions and sign-in links of the desk, and the audit log of what people do there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "desk_accounts",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        _text("password"),
        _text("totp"),
        sa.Column("totp_step", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("failures", sa.SmallInteger, nullable=False, server_default="0"),
        _time("locked_until_s"),
        _time("changed_s"),
    )
    op.create_table(
        "desk_sessions",
        sa.Column("id", sa.Text, primary_key=True),
        *(_text(name) for name in ("project", "name")),
        *(_time(name) for name in ("began_s", "seen_s")),
        *(_text(name) for name in ("address", "agent")),
    )
    op.create_index("desk_sessions_name", "desk_sessions", ["project", "name"])
    op.create_table(
        "desk_links",
        sa.Column("id", sa.Text, primary_key=True),
        *(_text(name) for name in ("project", "name", "purpose")),
        _time("expires_s"),
    )
    op.create_table(
        "desk_audit",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        _text("project"),
        _time("at_s"),
        *(_text(name) for name in ("name", "role", "action", "subject", "detail", "address")),
    )
    op.create_index("desk_audit_at", "desk_audit", ["project", "at_s"])


def downgrade() -> None:
    """Remove them: everybody is signed out and needs a new password."""
    for table in ("desk_audit", "desk_links", "desk_sessions", "desk_accounts"):
        op.drop_table(table)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=False, server_default="0")
