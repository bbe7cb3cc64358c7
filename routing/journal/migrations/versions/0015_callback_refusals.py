"""Clients who want no calls back, by a keyed hash of their number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "callback_refusals", sa.Column("project", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("at_s", sa.Double, nullable=False, server_default="0"), sqlite_with_rowid=False,
    )  # fmt: skip


def downgrade() -> None:
    """Remove it: they may be called again."""
    op.drop_table("callback_refusals")
