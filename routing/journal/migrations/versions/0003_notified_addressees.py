"""The addressees that have a call's notice already, while others wait for theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no existing notice is partly delivered."""
    op.add_column("calls", sa.Column("told", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Remove it; partly delivered notices are sent to all their addressees again."""
    op.drop_column("calls", "told")
