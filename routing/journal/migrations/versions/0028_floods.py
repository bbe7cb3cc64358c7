"""Floods of calls that were noticed: what is refused, since when and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_TIMES = ("began_s", "until_s", "ended_s")


def upgrade() -> None:
    """None was written before."""
    texts = [
        sa.Column(name, sa.Text, nullable=False, server_default="")
        for name in ("project", "node", "number", "starts", "sign", "why", "state")
    ]
    times = [sa.Column(name, sa.Double, nullable=False, server_default="0") for name in _TIMES]
    op.create_table(
        "floods", sa.Column("id", sa.Text, primary_key=True), *texts, *times, sqlite_with_rowid=False,
    )  # fmt: skip
    where = sa.text("ended_s = 0")
    op.create_index("floods_open", "floods", ["project", "number"], sqlite_where=where, postgresql_where=where)
    op.create_index("floods_of_number", "floods", ["number", "began_s"])


def downgrade() -> None:
    """What FreeSWITCH refuses ends by itself."""
    op.drop_table("floods")
