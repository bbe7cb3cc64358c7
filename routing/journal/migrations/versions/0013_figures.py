"""Prepared figures for reports: sums by hour and by day, and which of them are out of date.

The journal's worker makes those of calls that are there already.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COUNTS = ("incoming", "answered", "missed", "in_time", "wait_s", "longest_s", "talk_s", "reached", "reached_s",
           "repeats", "proper", "outgoing", "connected", "out_talk_s", "short", "went_on")  # fmt: skip
_OF_A_CLIENT = sa.text("client <> ''")


def upgrade() -> None:
    """Add the tables."""
    for table in ("figure_hours", "figure_days"):
        op.create_table(
            table,
            *(sa.Column(name, sa.Text, primary_key=True) for name in ("project", "view", "kind")),
            sa.Column("at", sa.BigInteger, primary_key=True),
            sa.Column("name", sa.Text, primary_key=True),
            *(_count(name) for name in _COUNTS),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "figure_marks",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        _text("project"),
        sa.Column("at_s", sa.Double, nullable=False, server_default="0"),
        _text("client"),
    )
    op.create_index("figure_marks_at", "figure_marks", ["at_s"])
    op.create_index(
        "figure_marks_client", "figure_marks", ["n"], sqlite_where=_OF_A_CLIENT, postgresql_where=_OF_A_CLIENT
    )
    op.create_table(
        "figure_views",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("project", "view")),
        *(_text(name) for name in ("people", "schemes", "zone")),
        sa.Column("kept_from_s", sa.Double, nullable=False, server_default="0"),
    )


def downgrade() -> None:
    """Remove them; a later upgrade makes those of the calls that are kept."""
    for table in ("figure_views", "figure_marks", "figure_days", "figure_hours"):
        op.drop_table(table)


def _count(name: str) -> sa.Column[float]:
    kind = sa.Double if name.endswith("_s") else sa.Integer
    return sa.Column(name, kind, nullable=False, server_default="0")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")
