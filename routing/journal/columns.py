"""Columns of the journal's tables that many have: never NULL, empty or 0 until they are known."""

from __future__ import annotations

from sqlalchemy import Column, Double, Text


def text_column(name: str, meaning: str) -> Column[str]:
    """Without a length limit: a text that is too long must not lose a call."""
    return Column(name, Text, nullable=False, server_default="", doc=meaning)


def seconds_column(name: str, meaning: str) -> Column[float]:
    """Seconds; of a time those since the epoch."""
    return Column(name, Double, nullable=False, server_default="0", doc=meaning)
