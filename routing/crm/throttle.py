"""A CRM's rate limit: after it says "too many", nobody asks it again until the time it named.

Reads ``Retry-After`` in both its forms and a few headers of vendors. Pure but for its own memory; clocks are arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from routing.crm.fault import Fault
from routing.model.web import Reply

#: Without a word from the CRM it is left alone this long.
REST_SECONDS = 2.0
#: No word of a CRM keeps it out of use for longer than this.
LONGEST_SECONDS = 3600.0
#: A reset time above this is a moment since the epoch, not a wait.
EPOCH_ABOVE = 1e8


@dataclass
class Throttle:
    """``clock``: monotonic seconds; ``now``: epoch seconds, for dates; ``is_limit``: which answers are "too many"."""

    clock: Callable[[], float]
    now: Callable[[], float]
    is_limit: Callable[[Reply], bool] = lambda reply: reply.status == 429
    until_s: float = 0.0

    def left_s(self) -> float:
        """How long the CRM must not be asked; 0 when it may be."""
        return max(0.0, self.until_s - self.clock())

    def check(self) -> None:
        """Raises Fault while the CRM must not be asked."""
        if left_s := self.left_s():
            raise Fault(f"rate limit: not asked for {left_s:.3g} s", ours=True)

    def noted(self, reply: Reply) -> float:
        """The seconds to wait when the answer is "too many", else 0."""
        if not self.is_limit(reply):
            return 0.0
        wait_s = min(max(self._requested_s(reply), 0.1), LONGEST_SECONDS)
        self.until_s = max(self.until_s, self.clock() + wait_s)
        return wait_s

    def _requested_s(self, reply: Reply) -> float:
        value = reply.headers.get("retry-after") or reply.headers.get("x-ratelimit-reset") or ""
        if re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", value.strip()):
            seconds = float(value)
            return seconds - self.now() if seconds > EPOCH_ABOVE else seconds
        try:
            return parsedate_to_datetime(value).timestamp() - self.now()
        except (ValueError, OverflowError):
            return REST_SECONDS
