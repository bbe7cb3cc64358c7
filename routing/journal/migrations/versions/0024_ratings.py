"""Calls know how their callers rated the talk, and whom; reports count it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_COLUMNS = (("rating", sa.SmallInteger, "0"), ("rating_requested", sa.Double, "0"), ("rated_person", sa.Text, ""))
_SUMS = ("surveyed", *(f"scores_{score}" for score in range(1, 6)))
_TABLES = ("figure_hours", "figure_days")


def upgrade() -> None:
    """Nobody was asked so far."""
    for table in _TABLES:
        for name in _SUMS:
            op.add_column(table, sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    for name, kind, default in _COLUMNS:
        op.add_column("calls", sa.Column(name, kind, nullable=False, server_default=default))


def downgrade() -> None:
    """Forget the ratings."""
    for figures in _TABLES:
        with op.batch_alter_table(figures) as sums:
            for name in reversed(_SUMS):
                sums.drop_column(name)
    with op.batch_alter_table("calls") as table:
        for name, _, _ in reversed(_COLUMNS):
            table.drop_column(name)
