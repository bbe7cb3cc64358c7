"""Views of prepared figures know when a worker last needed them: two releases need different ones for a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Workers note it within minutes."""
    op.add_column("figure_views", sa.Column("needed_s", sa.Double, nullable=False, server_default="0"))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("figure_views") as table:
        table.drop_column("needed_s")
