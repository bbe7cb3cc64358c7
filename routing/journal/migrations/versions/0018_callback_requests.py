"""Requests on pages for a client who has an order of somebody else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; orders know who made them."""
    op.add_column("callbacks", sa.Column("visitor", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "callback_requests", sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False, server_default="") for name in ("callback", "wish")),
        *(sa.Column(name, sa.Double, nullable=False, server_default="0") for name in ("expires_s", "cancelled_s")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("callback_requests_callback", "callback_requests", ["callback"])


def downgrade() -> None:
    """Remove both; who made a request sees it no more."""
    op.drop_table("callback_requests")
    op.drop_column("callbacks", "visitor")
