"""Which reports of the desk were sent by e-mail, and which desk sends one now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "desk_mails",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("until_s", sa.Double, nullable=False, server_default="0"),
        sa.Column("sent_s", sa.Double, nullable=False, server_default="0"),
        sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    )


def downgrade() -> None:
    """Remove it: the last reports go out once more."""
    op.drop_table("desk_mails")
