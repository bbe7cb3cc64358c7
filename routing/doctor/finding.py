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
    words: str
    mend: str = ""


def ok(words: str) -> Finding:
    """As it should be."""
    return Finding(Level.OK, words)


def warning(words: str, mend: str) -> Finding:
    """Calls go on, but."""
    return Finding(Level.WARNING, words, mend)


def wrong(words: str, mend: str) -> Finding:
    """Calls are lost, or anybody can come in."""
    return Finding(Level.WRONG, words, mend)


def unknown(words: str, mend: str = "") -> Finding:
    """Nobody could be asked."""
    return Finding(Level.UNKNOWN, words, mend)
