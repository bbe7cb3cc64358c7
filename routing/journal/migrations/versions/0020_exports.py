"""The outbox of exports: calls for Google Analytics and for web servers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OPEN = sa.text("done_s = 0")


def upgrade() -> None:
    """Add the table; calls that are recorded already are not exported."""
    op.create_table(
        "exports",
        sa.Column("call", sa.Text, primary_key=True),
        sa.Column("export", sa.Text, primary_key=True),
        _text("project"),
        _time("ended_s"),
        _text("state"),
        _time("send_after_s"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _text("problem"),
        _time("done_s"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "exports_open", "exports", ["project", "export", "ended_s"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("exports_done", "exports", ["done_s"])


def downgrade() -> None:
    """Remove it; what waits in it is not sent."""
    op.drop_table("exports")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=False, server_default="0")
