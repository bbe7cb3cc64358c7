"""What callers said at speech menus, where the project keeps it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TEXTS = ("heard", "option", "recogniser", "language", "scheme", "step", "gone_why")
_KEPT = "gone = 0"
_CLEAR = "NOT sealed AND gone = 0"


def upgrade() -> None:
    """Nothing was kept before."""
    seconds = [sa.Column(name, sa.Double, nullable=False, server_default="0") for name in ("heard_at", "until", "gone")]
    texts = [sa.Column(name, sa.Text, nullable=False, server_default="") for name in _TEXTS]
    op.create_table(
        "utterances",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("call", sa.Text, nullable=False),
        *seconds,
        *texts,
        sa.Column("confidence", sa.REAL, nullable=False, server_default="0"),
        sa.Column("sealed", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sqlite_with_rowid=False,
    )
    op.create_index("utterances_call", "utterances", ["call"])
    for name, condition in (("utterances_kept", _KEPT), ("utterances_to_seal", _CLEAR)):
        where = sa.text(condition)
        op.create_index(name, "utterances", ["until", "path"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """The files stay, and go with their day."""
    op.drop_table("utterances")
