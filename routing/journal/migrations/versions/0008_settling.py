"""The outbox of calls that close an order to call the client back, or make one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; earlier calls make and close no orders."""
    op.add_column("calls", sa.Column("to_settle", sa.Boolean, nullable=False, server_default=sa.text("false")))
    waiting = sa.text("to_settle")
    op.create_index("calls_to_settle", "calls", ["ended"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    """Remove it."""
    op.drop_index("calls_to_settle", "calls")
    op.drop_column("calls", "to_settle")
