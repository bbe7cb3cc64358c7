"""What became of a call's sounds: announced, masked, encrypted, deleted before the call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("announced", sa.Double, "0"),
    ("masked", sa.Text, ""),
    ("recording_gone", sa.Double, "0"),
    ("voicemail_gone", sa.Double, "0"),
    ("gone_why", sa.Text, ""),
    ("sealed", sa.Boolean, sa.text("false")),
)
_KEPT = "recording <> '' AND recording_gone = 0 OR voicemail <> '' AND voicemail_gone = 0"
_CLEAR = f"NOT sealed AND ({_KEPT})"


def upgrade() -> None:
    """Calls of before were neither announced nor masked; all of their sounds count as there."""
    for name, kind, default in _COLUMNS:
        op.add_column("calls", sa.Column(name, kind, nullable=False, server_default=default))
    for name, condition in (("calls_with_sounds", _KEPT), ("calls_to_seal", _CLEAR)):
        where = sa.text(condition)
        op.create_index(name, "calls", ["started", "id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Forget it."""
    for name in ("calls_to_seal", "calls_with_sounds"):
        op.drop_index(name, "calls")
    with op.batch_alter_table("calls") as table:
        for name, _, _ in reversed(_COLUMNS):
            table.drop_column(name)
