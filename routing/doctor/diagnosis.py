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
class Diagnosis:
    """One sentence about a node; ``mend`` says what to do and is empty where nothing is to be done."""

    level: Level
    summary: str
    mend: str = ""


def ok(summary: str) -> Diagnosis:
    """As it should be."""
    return Diagnosis(Level.OK, summary)


def warning(summary: str, mend: str) -> Diagnosis:
    """Calls go on, but."""
    return Diagnosis(Level.WARNING, summary, mend)


def wrong(summary: str, mend: str) -> Diagnosis:
    """Calls are lost, or anybody can come in."""
    return Diagnosis(Level.WRONG, summary, mend)


def unknown(summary: str, mend: str = "") -> Diagnosis:
    """Nobody could be asked."""
    return Diagnosis(Level.UNKNOWN, summary, mend)
