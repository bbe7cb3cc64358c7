"""A PostgreSQL for dumps by its own program."""

from __future__ import annotations

from support.postgresql import postgresql_server

__all__ = ["postgresql_server"]
