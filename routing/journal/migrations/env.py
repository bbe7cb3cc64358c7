"""Alembic's entry: runs migrations on the connection that `routing.journal.database` hands over."""

from __future__ import annotations

from alembic import context

from routing.journal.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="journal_version",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
