"""The history of the journal's tables, in Alembic's form: applied in order when the journal's database is opened."""
