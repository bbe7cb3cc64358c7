"""The keys of orders over HTTP, and the proofs of work that were used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "callback_keys", sa.Column("project", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, server_default=""), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "callback_proofs", sa.Column("challenge", sa.Text, primary_key=True),
        sa.Column("expires_s", sa.Double, nullable=False, server_default="0"), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("callback_proofs_expires", "callback_proofs", ["expires_s"])


def downgrade() -> None:
    """Remove them; addresses of orders are void."""
    op.drop_table("callback_proofs")
    op.drop_table("callback_keys")
