"""Who of a call's addressees has its notice already: one that is away keeps nobody else waiting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of calls that are there already nobody is told half."""
    op.add_column("calls", sa.Column("told", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Remove it; whoever has a notice of a call that others wait for gets it again."""
    op.drop_column("calls", "told")
