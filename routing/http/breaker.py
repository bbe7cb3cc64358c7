"""A circuit breaker per URL: after failures in a row a handler is not asked for a while, then probed once.

Pure but for its own memory; the clock is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from routing.model.circuit import Circuit, State

FAILURES_TO_OPEN = 5
REST_SECONDS = 10.0
#: A probe without a result after this long no longer blocks the next one.
PROBE_SECONDS = 10.0
#: URLs remembered at most; beyond it the oldest is forgotten (and so counts as closed).
MOST_URLS = 10_000


@dataclass
class Breaker:
    """``allows`` before a request; then ``succeeded`` or ``failed``. ``clock``: seconds, monotonic."""

    clock: Callable[[], float]
    circuits: dict[str, Circuit] = field(default_factory=dict)

    def allows(self, url: str) -> bool:
        """Whether the URL may be asked now; when half open, only its one probe may."""
        circuit = self.circuits.get(url)
        return circuit is None or circuit.allows(self.clock())

    def state(self, url: str) -> State:
        """See Circuit."""
        circuit = self.circuits.get(url)
        return circuit.state(self.clock()) if circuit else "closed"

    def succeeded(self, url: str) -> None:
        """The handler answered: forget its failures."""
        self.circuits.pop(url, None)

    def failed(self, url: str) -> None:
        """No answer, or a server error."""
        if url not in self.circuits:
            if len(self.circuits) >= MOST_URLS:
                del self.circuits[next(iter(self.circuits))]
            self.circuits[url] = Circuit(FAILURES_TO_OPEN, REST_SECONDS, PROBE_SECONDS)
        self.circuits[url].failed(self.clock())

    def open_count(self) -> int:
        """How many URLs are not closed."""
        return sum(self.state(url) != "closed" for url in self.circuits)
