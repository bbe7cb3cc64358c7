"""The destinations of notices: each mail server and web server has its own queue and its own pause after a failure.

There is one conversation with a destination at a time, and none while it pauses. So an unreachable destination delays
no notice for another one, and costs one attempt for each pause. Shared by threads. Pure except for its own state; the
clock is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from routing.model.addresses import EMAIL
from routing.model.notice import Later

FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 2.0, 60.0
#: How long a notice waits while another one is being sent to its destination.
BUSY_SECONDS = 1.0
MAIL = "mail"
MOST = 1000


@dataclass
class _ServerState:
    """``until_s``: the end of the pause; ``rest_s``: the length of the pause after the next failure."""

    until_s: float = 0.0
    rest_s: float = FIRST_REST_SECONDS
    is_busy: bool = False


@dataclass
class Destinations:
    """``now``: seconds since the epoch."""

    now: Callable[[], float]
    servers: dict[str, _ServerState] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def wait_s(self, names: Sequence[str]) -> float:
        """Seconds until one of the addressees can be notified; 0 for now, and without addressees."""
        with self._lock:
            return min((self._wait_s(key) for key in set(map(key_of, names))), default=0.0)

    @contextmanager
    def conversation(self, name: str) -> Iterator[None]:
        """A conversation with an addressee's destination. Raises Later at once while the destination is paused or
        busy."""
        key = key_of(name)
        with self._lock:
            if wait_s := self._wait_s(key):
                raise Later("its server is paused or busy", wait_s)
            self._server(key).is_busy = True
        try:
            yield
        except Later as problem:
            self._done(key, is_away=problem.is_away)
            raise
        except BaseException:
            self._done(key, is_away=False)
            raise
        self._done(key, is_away=False)

    def _wait_s(self, key: str) -> float:
        server = self.servers.get(key)
        if server is None:
            return 0.0
        left_s = server.until_s - self.now()
        # after the clock was set back no pause is longer than the longest one
        return BUSY_SECONDS if server.is_busy else min(max(left_s, 0.0), LONGEST_REST_SECONDS)

    def _done(self, key: str, is_away: bool) -> None:
        with self._lock:
            server = self._server(key)
            server.is_busy = False
            if is_away:
                server.until_s = self.now() + server.rest_s
                server.rest_s = min(server.rest_s * 2, LONGEST_REST_SECONDS)
            else:
                server.until_s, server.rest_s = 0.0, FIRST_REST_SECONDS

    def _server(self, key: str) -> _ServerState:
        if key not in self.servers and len(self.servers) >= MOST:
            idle = next((name for name, server in self.servers.items() if not server.is_busy), "")
            self.servers.pop(idle, None)
        return self.servers.setdefault(key, _ServerState())


def key_of(name: str) -> str:
    """The destination of an addressee: the mail server, or the web address's host."""
    return name.split("/")[2] if "://" in name else MAIL


def is_reachable(name: str) -> bool:
    """Whether an addressee is an e-mail or web address, not the name of a person without an address."""
    return "://" in name or EMAIL.fullmatch(name) is not None
