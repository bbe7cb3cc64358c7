"""A circuit breaker per URL: after failures in a row a handler is left alone for a while, then probed once.

Pure but for its own memory; the clock is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

State = Literal["closed", "open", "half-open"]
FAILURES_TO_OPEN = 5
REST_SECONDS = 10.0
#: A probe without a result after this long (its caller hung up) no longer blocks the next one.
PROBE_SECONDS = 10.0
#: URLs remembered at most; beyond it the oldest is forgotten (and so counts as closed).
MOST_URLS = 10_000


@dataclass
class Circuit:
    """One URL: failures in a row, when it opened, when the probe left (0: none under way)."""

    failures: int = 0
    opened_s: float = 0.0
    probe_s: float = 0.0


@dataclass
class Breaker:
    """``allows`` before a request; then ``succeeded`` or ``failed``. ``clock``: seconds, monotonic."""

    clock: Callable[[], float]
    circuits: dict[str, Circuit] = field(default_factory=dict)

    def allows(self, url: str) -> bool:
        """Whether the URL may be asked now; when half open, only its one probe may."""
        state = self.state(url)
        if state == "half-open":
            self.circuits[url].probe_s = self.clock()
        return state != "open"

    def state(self, url: str) -> State:
        """``closed``: asked freely; ``open``: left alone; ``half-open``: the next request is the probe."""
        circuit = self.circuits.get(url)
        if circuit is None or circuit.failures < FAILURES_TO_OPEN:
            return "closed"
        now_s = self.clock()
        if now_s - circuit.opened_s < REST_SECONDS:
            return "open"
        return "open" if circuit.probe_s and now_s - circuit.probe_s < PROBE_SECONDS else "half-open"

    def succeeded(self, url: str) -> None:
        """The handler answered: forget its failures."""
        self.circuits.pop(url, None)

    def failed(self, url: str) -> None:
        """No answer, or a server error."""
        if url not in self.circuits and len(self.circuits) >= MOST_URLS:
            del self.circuits[next(iter(self.circuits))]
        circuit = self.circuits.setdefault(url, Circuit())
        circuit.failures += 1
        circuit.opened_s, circuit.probe_s = self.clock(), 0.0

    def open_count(self) -> int:
        """How many URLs are not closed."""
        return sum(self.state(url) != "closed" for url in self.circuits)
