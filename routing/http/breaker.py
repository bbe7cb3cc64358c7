"""A circuit breaker for each URL: it opens after failures in a row, and lets one probe through after a while.

Pure except for its own state; the clock is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from routing.model.circuit import Circuit, State

FAILURES_TO_OPEN = 5
REST_SECONDS = 10.0
#: After this long a probe without a result no longer blocks the next one.
PROBE_SECONDS = 10.0
#: Most remembered URLs; beyond it the oldest is forgotten, which closes its breaker.
MOST_URLS = 10_000


@dataclass
class Breaker:
    """``allows`` before a request; then ``succeeded`` or ``failed``. ``clock``: seconds, monotonic."""

    clock: Callable[[], float]
    circuits: dict[str, Circuit] = field(default_factory=dict)

    def allows(self, url: str) -> bool:
        """Whether a request may be sent now; half open, only one probe may."""
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
        """How many breakers are not closed."""
        return sum(self.state(url) != "closed" for url in self.circuits)
