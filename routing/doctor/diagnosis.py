"""The result of a check: how bad it is, what it is, how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. ``unknown``: the check could not run."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Diagnosis:
    """One sentence about a node; ``mend`` says what to do; empty when there is nothing to do."""

    level: Level
    summary: str
    mend: str = ""


def ok(summary: str) -> Diagnosis:
    """As it should be."""
    return Diagnosis(Level.OK, summary)


def warning(summary: str, mend: str) -> Diagnosis:
    """Calls work, but something needs attention."""
    return Diagnosis(Level.WARNING, summary, mend)


def wrong(summary: str, mend: str) -> Diagnosis:
    """Calls are lost, or strangers have access."""
    return Diagnosis(Level.WRONG, summary, mend)


def unknown(summary: str, mend: str = "") -> Diagnosis:
    """The check could not run."""
    return Diagnosis(Level.UNKNOWN, summary, mend)
