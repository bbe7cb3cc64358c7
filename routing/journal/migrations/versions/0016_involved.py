"""What calls are found by: the people they involved, their schemes and labels; indexes of the desk's journal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

#: Rows inserted at once.
_AT_ONCE = 10_000
#: As `routing.journal.store` cuts them: PostgreSQL's index row has at most 2,704 bytes.
_LONGEST = 200
_INDEXES = ("number", "status", "direction")


def upgrade() -> None:
    """Add them, filled from the calls that are there."""
    op.create_table(
        "involved",
        *_key("person"),
        *(sa.Column(name, sa.Text, nullable=False, server_default="") for name in ("status", "direction")),
        sqlite_with_rowid=False,
    )
    op.create_table("marks", *_key("kind", "name"), sqlite_with_rowid=False)
    op.execute(
        "INSERT INTO involved (person, started, call, status, direction) "
        "SELECT person, started, id, status, direction FROM calls WHERE person <> '' UNION "
        "SELECT legs.person, calls.started, calls.id, calls.status, calls.direction FROM legs "
        "JOIN calls ON calls.id = legs.call WHERE legs.person <> ''"
    )
    rows = _marks()
    marks = sa.table("marks", *(sa.column(name) for name in ("kind", "name", "started", "call")))
    while batch := list(islice(rows, _AT_ONCE)):
        op.bulk_insert(marks, batch)
    for table in ("involved", "marks"):
        op.create_index(f"{table}_call", table, ["call"])
    for name in _INDEXES:
        op.create_index(f"calls_{name}", "calls", [name, "started"])


def downgrade() -> None:
    """Remove them."""
    for name in _INDEXES:
        op.drop_index(f"calls_{name}", "calls")
    for table in ("involved", "marks"):
        op.drop_table(table)


def _key(*names: str) -> Iterator[sa.Column[object]]:
    for name in names:
        yield sa.Column(name, sa.Text, primary_key=True)
    yield sa.Column("started", sa.Double, primary_key=True)
    yield sa.Column("call", sa.Text, primary_key=True)


def _marks() -> Iterator[dict[str, object]]:
    """A row for each scheme and label of each call, page by page, so that no cursor stays open while rows come in."""
    after = ""
    query = sa.text("SELECT id, started, schemes, tags FROM calls WHERE id > :after ORDER BY id LIMIT 5000")
    while page := op.get_bind().execute(query, {"after": after}).all():
        for call, started, schemes, tags in page:
            for kind, names in (("scheme", schemes), ("tag", tags)):
                for name in dict.fromkeys(each[:_LONGEST] for each in names.split()):
                    yield {"kind": kind, "name": name, "started": started, "call": call}
        after = page[-1][0]
