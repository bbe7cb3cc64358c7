"""Orders of colleagues: who awaits whom. One is open of each pair."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OPEN = sa.text("status IN ('ordered', 'dialling')")


def upgrade() -> None:
    """Add the column, and make it part of what is unique."""
    op.add_column("callbacks", sa.Column("awaits", sa.Text, nullable=False, server_default=""))
    _index("project", "number", "person", "awaits")


def downgrade() -> None:
    """Remove it with the orders of colleagues, which an older program cannot dial."""
    op.execute("DELETE FROM callbacks WHERE awaits <> ''")
    _index("project", "number")
    op.drop_column("callbacks", "awaits")


def _index(*columns: str) -> None:
    op.drop_index("callbacks_open", "callbacks")
    op.create_index("callbacks_open", "callbacks", list(columns), unique=True, sqlite_where=_OPEN,
                    postgresql_where=_OPEN)  # fmt: skip
