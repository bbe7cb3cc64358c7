"""A cache of look-ups: the last answer for a number, and the users of a CRM. Bounded, in this process.

Pure except for its own state; the clock is an argument.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Value = TypeVar("Value")
#: The default age up to which an answer is used again without a request.
FRESH_SECONDS = 45.0
#: While a CRM fails its last answer is used for up to a day.
STALE_SECONDS = 86_400.0
#: Users change seldom: an older one is refreshed in the background, not during the call.
OWNER_SECONDS = 600.0
MOST = 10_000


@dataclass
class TimedCache(Generic[Value]):
    """Values with their times. ``clock``: monotonic seconds."""

    clock: Callable[[], float]
    fresh_s: float = FRESH_SECONDS
    stale_s: float = STALE_SECONDS
    most: int = MOST
    held: OrderedDict[Hashable, tuple[float, Value]] = field(default_factory=OrderedDict, repr=False)

    def put(self, key: Hashable, value: Value) -> None:
        """Store a value; the oldest is removed when the cache is full."""
        self.held.pop(key, None)
        self.held[key] = (self.clock(), value)
        if len(self.held) > self.most:
            self.held.popitem(last=False)

    def fresh(self, key: Hashable) -> Value | None:
        """The value, if it is young enough to be used again."""
        return self._within(key, self.fresh_s)

    def stale(self, key: Hashable) -> Value | None:
        """The value, if it is young enough for a CRM that fails."""
        return self._within(key, self.stale_s)

    def _within(self, key: Hashable, seconds: float) -> Value | None:
        then, value = self.held.get(key, (0.0, None))
        return value if value is not None and self.clock() - then < seconds else None
