"""A CRM's rate limit: after "too many requests" none is sent until the time that the CRM named.

Reads ``Retry-After`` in both formats and a few headers of vendors. Pure except for its own state; clocks are arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from routing.crm.fault import Fault
from routing.model.web import Reply

#: The pause when the CRM names no time.
REST_SECONDS = 2.0
#: The longest pause, whatever the CRM says.
LONGEST_SECONDS = 3600.0
#: A reset value above this is epoch seconds, not a duration.
EPOCH_ABOVE = 1e8


@dataclass
class Throttle:
    """``clock``: monotonic seconds; ``now``: epoch seconds, for dates; ``is_limit``: which answers are "too many"."""

    clock: Callable[[], float]
    now: Callable[[], float]
    is_limit: Callable[[Reply], bool] = lambda reply: reply.status == 429
    until_s: float = 0.0

    def left_s(self) -> float:
        """Seconds until requests are allowed again, or 0."""
        return max(0.0, self.until_s - self.clock())

    def check(self) -> None:
        """Raises Fault while no requests are allowed."""
        if left_s := self.left_s():
            raise Fault(f"rate limit: not asked for {left_s:.3g} s", ours=True)

    def noted(self, reply: Reply) -> float:
        """Seconds to wait after "too many requests", else 0."""
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
