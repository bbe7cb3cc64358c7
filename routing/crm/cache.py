"""What is remembered between look-ups: the last answer for a number, and the users of a CRM. Bounded, in this process.

Pure but for its own memory; the clock is an argument.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Value = TypeVar("Value")
#: An answer this young is given again without asking, where the CRM's settings do not say.
FRESH_SECONDS = 45.0
#: A CRM that errs is stood in for by its last answer for a day.
STALE_SECONDS = 86_400.0
#: Users change seldom: a user known this long is asked for again beside the call, not in it.
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
        """Remember; the oldest is forgotten when there is too much."""
        self.held.pop(key, None)
        self.held[key] = (self.clock(), value)
        if len(self.held) > self.most:
            self.held.popitem(last=False)

    def fresh(self, key: Hashable) -> Value | None:
        """The value, when it is young enough to be given again."""
        return self._within(key, self.fresh_s)

    def stale(self, key: Hashable) -> Value | None:
        """The value, when it is better than nothing."""
        return self._within(key, self.stale_s)

    def _within(self, key: Hashable, seconds: float) -> Value | None:
        then, value = self.held.get(key, (0.0, None))
        return value if value is not None and self.clock() - then < seconds else None
