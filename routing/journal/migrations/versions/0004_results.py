"""The result of a step as an enum, in addition to its text."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Words of steps that are there already -> what they were; `routing.journal.result` when this was written.
_MEANT = {
    "no choice": "no_choice",
    "recorded": "recorded",
    "no message left": "no_message",
    "hung up before the tone": "no_message",
    "no case fits": "not_found",
    "no case fits: otherwise": "not_found",
    "the caller hung up meanwhile": "left",
    "the engine decided nothing in time: went on": "undecided",
}


def upgrade() -> None:
    """Add the column and fill it in for the steps of calls that are there already."""
    op.add_column("steps", sa.Column("result", sa.Text, nullable=False, server_default=""))
    steps = sa.table("steps", *(sa.column(name) for name in ("kind", "outcome", "decision", "result")))
    menu = sa.case((steps.c.outcome == "hung up", "no_choice"), else_="chosen")
    by_kind = sa.case(
        (steps.c.decision != "", "decided"),
        (steps.c.kind == "menu", menu),
        (steps.c.kind.in_(("match", "hours")), "found"),
        (steps.c.kind == "hangup", "ended"),
        (sa.and_(steps.c.kind.in_(("ring", "transferred")), steps.c.outcome.like("% talked%")), "talked"),
        (steps.c.kind.in_(("ring", "transferred")), "no_talk"),
        else_="done",
    )
    meant = sa.case(*((steps.c.outcome == outcome, result) for outcome, result in _MEANT.items()), else_=by_kind)
    op.execute(sa.update(steps).values(result=meant))


def downgrade() -> None:
    """Remove it; the words stay."""
    op.drop_column("steps", "result")
