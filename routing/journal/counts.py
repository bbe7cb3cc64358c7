"""What a worker has done since its start."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Counts:
    """Calls, legs and files; ``waiting`` is of the last pass: A-legs that were left in the spool."""

    recorded: int = 0
    known_already: int = 0
    late_legs: int = 0
    remembered: int = 0
    notified: int = 0
    forgotten: int = 0
    bad: int = 0
    failures: int = 0
    waiting: int = 0
