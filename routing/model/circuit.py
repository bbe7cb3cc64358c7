"""A circuit breaker for one peer: after consecutive failures it opens, and no request is sent for a while.

Pure, apart from its own state; the time is an argument, in seconds of any monotonic clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

State = Literal["closed", "open", "half-open"]


@dataclass
class Circuit:
    """Call ``allows`` before a request; then ``succeeded`` or ``failed``.

    ``limit``: consecutive failures that open it. After ``rest_s`` one request, the probe, is allowed; by default never:
    something else has to find out that the peer answers, and close it. ``probe_s``: a probe without a result after this
    time (its caller hung up) no longer blocks the next one.
    """

    limit: int
    rest_s: float = math.inf
    probe_s: float = math.inf
    failures: int = 0
    opened_at_s: float = 0.0
    #: When the probe was sent; None without a pending probe.
    probed_at_s: float | None = None

    def state(self, now_s: float = 0.0) -> State:
        """``closed``: requests are sent; ``open``: none are; ``half-open``: the next request is the probe."""
        if self.failures < self.limit:
            return "closed"
        if now_s - self.opened_at_s < self.rest_s:
            return "open"
        waits = self.probed_at_s is not None and now_s - self.probed_at_s < self.probe_s
        return "open" if waits else "half-open"

    def allows(self, now_s: float = 0.0) -> bool:
        """Whether a request may be sent now; when half open, only the probe."""
        state = self.state(now_s)
        if state == "half-open":
            self.probed_at_s = now_s
        return state != "open"

    def succeeded(self) -> None:
        """The peer answered: forget its failures."""
        self.failures, self.probed_at_s = 0, None

    def failed(self, now_s: float = 0.0, *, is_certain: bool = False) -> None:
        """The peer did not answer; ``is_certain``: open at once."""
        self.failures = max(self.limit, self.failures) if is_certain else self.failures + 1
        self.opened_at_s, self.probed_at_s = now_s, None
