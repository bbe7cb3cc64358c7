"""A worker's counters since its start."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Counts:
    """Calls, legs and files; ``waiting``: A-legs left in the spool by the last pass. ``lost``: calls without a CDR of
    which nothing could be kept; ``kept``: calls without a CDR that wait in memory to be recorded. ``exports_...``: how
    exports ended; those that wait, and how long the oldest one does."""

    recorded: int = 0
    known_already: int = 0
    late_legs: int = 0
    remembered: int = 0
    notified: int = 0
    callbacks_ordered: int = 0
    callbacks_open: int = 0
    callbacks_overdue_s: float = 0.0
    forgotten: int = 0
    unfinished: int = 0
    lost: int = 0
    kept: int = 0
    bad: int = 0
    failures: int = 0
    floods: int = 0
    floods_standing: int = 0
    #: Calls refused as a flood, by its sign (`routing.model.flood.FloodSign`).
    flood_calls: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    exported: int = 0
    exports_refused: int = 0
    exports_expired: int = 0
    exports_unknown: int = 0
    exports_discarded: int = 0
    exports_waiting: int = 0
    exports_oldest_s: float = 0.0
