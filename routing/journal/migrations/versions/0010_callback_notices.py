"""Who has the notice of an order's event already, while others wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("callback_events", sa.Column("reached", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Remove it; who has a notice may get it again."""
    op.drop_column("callback_events", "reached")
