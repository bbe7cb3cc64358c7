"""What a check found: how bad it is, what it is, how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. ``unknown``: what would tell could not be asked."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """One sentence about a node; ``mend`` says what to do and is empty where nothing is to be done."""

    level: Level
    summary: str
    mend: str = ""


def ok(summary: str) -> Finding:
    """As it should be."""
    return Finding(Level.OK, summary)


def warning(summary: str, mend: str) -> Finding:
    """Calls go on, but."""
    return Finding(Level.WARNING, summary, mend)


def wrong(summary: str, mend: str) -> Finding:
    """Calls are lost, or anybody can come in."""
    return Finding(Level.WRONG, summary, mend)


def unknown(summary: str, mend: str = "") -> Finding:
    """Nobody could be asked."""
    return Finding(Level.UNKNOWN, summary, mend)
