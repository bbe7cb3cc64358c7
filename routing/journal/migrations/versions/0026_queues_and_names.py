"""Calls are found by their queues, and by the words of the client's name."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_AT_ONCE = 10_000
_LONGEST = 200
_NAMES = ("name", "client", "client_name", "customer", "company")
_STEPS = """
SELECT DISTINCT steps.inputs, calls.started, calls.id FROM steps JOIN calls ON calls.id = steps.call
WHERE steps.kind = 'queue' AND calls.id > :after AND calls.id <= :last"""
_PAGE = "SELECT id, started, client_name, entities FROM calls WHERE id > :after ORDER BY id LIMIT 5000"


def upgrade() -> None:
    """Mark the calls that are there."""
    rows = _marks()
    marks = sa.table("marks", *(sa.column(name) for name in ("kind", "name", "started", "call")))
    while batch := list(islice(rows, _AT_ONCE)):
        op.bulk_insert(marks, batch)


def downgrade() -> None:
    """Remove the marks."""
    op.execute("DELETE FROM marks WHERE kind IN ('queue', 'word')")


def _marks() -> Iterator[dict[str, object]]:
    """Page by page, so that no cursor stays open while rows come in."""
    after, connection = "", op.get_bind()
    while page := connection.execute(sa.text(_PAGE), {"after": after}).all():
        waits = connection.execute(sa.text(_STEPS), {"after": after, "last": page[-1][0]}).all()
        found = {("queue", inputs.partition(" / ")[0][:_LONGEST], started, call) for inputs, started, call in waits}
        for call, started, client_name, entities in page:
            found |= {("word", word, started, call) for word in _name_parts(client_name or _site_name(entities))}
        for kind, name, started, call in sorted(found):
            if name:
                yield {"kind": kind, "name": name, "started": started, "call": call}
        after = page[-1][0]


def _site_name(text: str) -> str:
    try:
        entities = json.loads(text) if text else {}
    except ValueError:
        return ""
    return (
        next((str(entities[name]) for name in _NAMES if entities.get(name)), "") if isinstance(entities, dict) else ""
    )


def _name_parts(text: str) -> set[str]:
    """As `routing.journal.client_names` has them."""
    plain = re.sub(r"(?<=\w)['\u2019\u02bc`](?=\w)", "'", unicodedata.normalize("NFKC", text).casefold())
    found = list(dict.fromkeys(re.findall(r"[\w']*\w", plain)))[:8]
    return {word.encode("utf-8", "replace").hex()[:160] for word in found}
