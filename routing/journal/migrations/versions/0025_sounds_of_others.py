"""Recordings that have another leg's name were left in the clear and never deleted: the journal looks at them again."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_OF_OTHERS = "recording <> '' AND recording NOT LIKE '%' || id || '%'"


def upgrade() -> None:
    """Whoever noted them as encrypted or deleted had not touched the file."""
    op.execute(f"UPDATE calls SET sealed = false WHERE sealed AND {_OF_OTHERS}")  # noqa: S608  # constants
    op.execute(
        f"UPDATE calls SET recording_gone = 0 WHERE gone_why = 'retention' AND recording_gone > 0 AND {_OF_OTHERS}"  # noqa: S608
    )


def downgrade() -> None:
    """Nothing: both are looked at anew."""
