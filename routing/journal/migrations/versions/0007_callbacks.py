"""Orders to call clients back, their attempts and events, and the lease of who dials."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("status IN ('ordered', 'dialling')")
_UNSENT = sa.text("NOT sent")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=False, server_default="0")


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger, nullable=False, server_default="0")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "callbacks", sa.Column("id", sa.Text, primary_key=True),
        *map(_text, ("project", "number", "scheme", "dialled", "source", "person", "first")),
        *map(_time, ("created_s", "not_before_s", "expires_s")), _small("tries_left"),
        *map(_text, ("status", "entities", "source_facts", "consent", "call_id")),
        sa.Column("place_s", sa.Double, nullable=True), _time("closed_s"),
    )  # fmt: skip
    one, due = ["project", "number"], ["project", "not_before_s"]
    op.create_index("callbacks_open", "callbacks", one, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("callbacks_due", "callbacks", due, sqlite_where=_OPEN, postgresql_where=_OPEN)
    for name, column in (("created", "created_s"), ("number", "number"), ("call", "call_id")):
        op.create_index(f"callbacks_{name}", "callbacks", [column])
    op.create_table(
        "callback_attempts", sa.Column("uuid", sa.Text, primary_key=True), _text("callback"), _small("number"),
        _time("began_s"), _time("ended_s"), _text("cause"), _time("talked_s"),
    )  # fmt: skip
    op.create_index("callback_attempts_callback", "callback_attempts", ["callback"])
    op.create_index("callback_attempts_began", "callback_attempts", ["began_s"])
    op.create_table(
        "callback_events", sa.Column("callback", sa.Text, primary_key=True),
        sa.Column("n", sa.SmallInteger, primary_key=True), _text("event"), _time("at_s"),
        sa.Column("sent", sa.Boolean, nullable=False, server_default=sa.text("false")), _time("send_after"),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index(
        "callback_events_unsent", "callback_events", ["at_s"], sqlite_where=_UNSENT, postgresql_where=_UNSENT
    )
    op.create_table(
        "callback_leases", sa.Column("project", sa.Text, primary_key=True), _text("owner"),
        sa.Column("token", sa.BigInteger, nullable=False, server_default="0"), _time("until_s"),
        sqlite_with_rowid=False,
    )  # fmt: skip


def downgrade() -> None:
    """Remove them; open orders are lost."""
    for table in ("callback_leases", "callback_events", "callback_attempts", "callbacks"):
        op.drop_table(table)
