"""The desk's audit log says whether what a line says was done; lines of a call are found by an index.

Lines of exports lose the clients' numbers that were typed into the filter, in whatever form: nobody could forget them.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
_CLIENT = re.compile(r"(?:^|(?<=&))client=[^&]*&?")


def upgrade() -> None:
    """Every line so far counts as done."""
    op.add_column("desk_audit", sa.Column("outcome", sa.Text, nullable=False, server_default=""))
    op.create_index("desk_audit_subject", "desk_audit", ["project", "subject"])
    op.create_index("desk_audit_action", "desk_audit", ["project", "action"])
    connection = op.get_bind()
    audit = sa.table("desk_audit", *(sa.column(name) for name in ("n", "action", "subject")))
    exports = sa.select(audit.c.n, audit.c.subject).where(audit.c.action == "export_calls")
    for row in connection.execute(exports.where(audit.c.subject.contains("client="))).all():
        subject = _CLIENT.sub("", row.subject).rstrip("&")
        connection.execute(sa.update(audit).where(audit.c.n == row.n).values(subject=subject))


def downgrade() -> None:
    """Forget it."""
    for name in ("desk_audit_subject", "desk_audit_action"):
        op.drop_index(name, "desk_audit")
    with op.batch_alter_table("desk_audit") as table:
        table.drop_column("outcome")
