"""The first tables: calls, their steps and their legs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names]


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Double, nullable=False, server_default="0") for name in names]


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text("false"))


def _decision_time() -> sa.Column[Any]:
    return sa.Column("asked_ms", sa.REAL, nullable=False, server_default="-1")


def upgrade() -> None:
    """Make the tables and their indexes."""
    _calls()
    op.create_table(
        "steps",
        sa.Column("call", sa.Text, primary_key=True),
        sa.Column("n", sa.SmallInteger, primary_key=True),
        *_texts("scheme", "path", "kind"),
        *_numbers("started", "took_s"),
        *_texts("inputs", "outcome", "decision", "verdict"),
        _decision_time(),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "legs",
        sa.Column("call", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("n", sa.SmallInteger, nullable=False, server_default="0"),
        *_texts("step", "target", "person"),
        *_numbers("started", "rang_s"),
        _flag("picked_up"),
        *_numbers("talk_s"),
        *_texts("cause", "why"),
        sqlite_with_rowid=False,
    )


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("project", "direction", "number", "dialled", "caller", "client", "scheme", "schemes", "release"),
        *_numbers("started", "answered", "bridged", "ended"),
        *_texts("status", "cause", "ended_by", "person", "target"),
        *_numbers("wait_s", "talk_s"),
        *_texts("recording", "voicemail", "box", "decision", "verdict"),
        _decision_time(),
        *_texts("source", "entities"),
        _flag("remembered"),
    )
    op.create_index("calls_started", "calls", ["started"])
    op.create_index("calls_client", "calls", ["client", "bridged"])
    op.create_index("calls_person", "calls", ["person", "started"])
    waiting = sa.text("NOT remembered")
    op.create_index("calls_to_remember", "calls", ["ended"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    """Remove them, with every call."""
    for table in ("legs", "steps", "calls"):
        op.drop_table(table)
