"""Calls know how their callers rated the talk, and whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_COLUMNS = (("rating", sa.SmallInteger, "0"), ("rating_requested", sa.Double, "0"), ("rated_person", sa.Text, ""))


def upgrade() -> None:
    """Nobody was asked so far."""
    for name, kind, default in _COLUMNS:
        op.add_column("calls", sa.Column(name, kind, nullable=False, server_default=default))
    where = sa.text("rating_requested > 0")
    op.create_index("calls_rated", "calls", ["started", "id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Forget the ratings."""
    op.drop_index("calls_rated", "calls")
    with op.batch_alter_table("calls") as table:
        for name, _, _ in reversed(_COLUMNS):
            table.drop_column(name)
