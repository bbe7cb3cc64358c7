"""Releases on disk: publishing, rollback, the tables that decisions need, and pruning."""
