"""The addressees of a voicemail's notice, and the outbox of notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_UNSENT = "NOT notified AND notify <> ''"


def upgrade() -> None:
    """Add the columns; existing calls have no notices."""
    op.add_column("calls", sa.Column("notify", sa.Text, nullable=False, server_default=""))
    op.add_column("calls", sa.Column("notified", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.add_column("calls", sa.Column("notify_after", sa.Double, nullable=False, server_default="0"))
    waiting = sa.text(_UNSENT)
    op.create_index("calls_to_notify", "calls", ["ended"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    """Remove them; notices that were not sent are lost."""
    op.drop_index("calls_to_notify", "calls")
    for column in ("notify_after", "notified", "notify"):
        op.drop_column("calls", column)
