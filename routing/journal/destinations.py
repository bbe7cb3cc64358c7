"""Whom notices go to, and which of them is away: each mail server and web server has a queue and a rest of its own.

One conversation with a destination at a time, none while it rests after a failure: so a dead one holds up no notice for
another, and costs one try a rest. Threads share it. Pure but for its own memory; the clock is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from routing.model.addresses import EMAIL
from routing.model.notice import Later

FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 2.0, 60.0
#: How long a notice waits for a destination that another one is being sent to.
BUSY_SECONDS = 1.0
MAIL = "mail"
MOST = 1000


@dataclass
class _ServerState:
    """``until_s``: left alone until then; ``rest_s``: for how long after the next failure."""

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
        """The seconds until one of the addressees can be told; 0 now, and where there is nobody to tell."""
        with self._lock:
            return min((self._wait_s(key) for key in set(map(key_of, names))), default=0.0)

    @contextmanager
    def conversation(self, name: str) -> Iterator[None]:
        """A conversation with an addressee's destination. Raises Later at once when it is not to be asked now."""
        key = key_of(name)
        with self._lock:
            if wait_s := self._wait_s(key):
                raise Later("its server is left alone or busy", wait_s)
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
        # a clock that was set back leaves nobody alone for longer than a rest
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
    """Where an addressee is told: the one mail server, or a web address's own."""
    return name.split("/")[2] if "://" in name else MAIL


def is_reachable(name: str) -> bool:
    """Whether an addressee is an e-mail address or a web address, not the name of somebody without one."""
    return "://" in name or EMAIL.fullmatch(name) is not None
