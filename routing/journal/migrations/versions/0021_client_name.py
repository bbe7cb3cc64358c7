"""Calls know what a webhook or CRM called the client."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is named in calls so far."""
    op.add_column("calls", sa.Column("client_name", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Forget the names."""
    with op.batch_alter_table("calls") as table:
        table.drop_column("client_name")
