"""An engine's event-socket server on a free port, with a decision that the test chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import gevent
import pytest

from routing.esl.server import CallServer
from routing.model.decision import Call


@dataclass
class Bed:
    """A running server: what it was asked, how sockets ended without a decision."""

    calls: list[Call] = field(default_factory=list)
    ends: list[tuple[str, str]] = field(default_factory=list)
    decide: Callable[[Call], dict[str, str]] = lambda call: {"routing_decision": f"{call.step}:continue"}
    server: CallServer | None = None

    @property
    def port(self) -> int:
        assert self.server is not None
        return int(self.server.server_port)

    def asked(self, call: Call) -> dict[str, str]:
        self.calls.append(call)
        return self.decide(call)

    def ended(self) -> list[str]:
        """The words that ended sockets have left, once no call is open any more."""
        assert self.server is not None
        with gevent.Timeout(30, AssertionError(f"{self.server.open_calls} calls never ended")):
            while self.server.open_calls:
                gevent.sleep(0)
        return [reason for reason, _ in self.ends]


@pytest.fixture
def serve() -> Iterator[Callable[..., Bed]]:
    """Start servers: ``serve(most_calls=5, connect_s=0.1)``."""
    started: list[CallServer] = []

    def start(**options: float) -> Bed:
        bed = Bed()
        bed.server = CallServer(
            ("127.0.0.1", 0), bed.asked, lambda reason, details: bed.ends.append((reason, details)), **options
        )
        bed.server.start()
        started.append(bed.server)
        return bed

    yield start
    for server in started:
        server.stop()
