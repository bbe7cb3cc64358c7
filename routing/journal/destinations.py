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
class _Place:
    """``until_s``: left alone until then; ``rest_s``: for how long after the next failure."""

    until_s: float = 0.0
    rest_s: float = FIRST_REST_SECONDS
    is_busy: bool = False


@dataclass
class Destinations:
    """``now``: seconds since the epoch."""

    now: Callable[[], float]
    places: dict[str, _Place] = field(default_factory=dict)
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
            self._place(key).is_busy = True
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
        place = self.places.get(key)
        if place is None:
            return 0.0
        left_s = place.until_s - self.now()
        # a clock that was set back leaves nobody alone for longer than a rest
        return BUSY_SECONDS if place.is_busy else min(max(left_s, 0.0), LONGEST_REST_SECONDS)

    def _done(self, key: str, is_away: bool) -> None:
        with self._lock:
            place = self._place(key)
            place.is_busy = False
            if is_away:
                place.until_s = self.now() + place.rest_s
                place.rest_s = min(place.rest_s * 2, LONGEST_REST_SECONDS)
            else:
                place.until_s, place.rest_s = 0.0, FIRST_REST_SECONDS

    def _place(self, key: str) -> _Place:
        if key not in self.places and len(self.places) >= MOST:
            idle = next((name for name, place in self.places.items() if not place.is_busy), "")
            self.places.pop(idle, None)
        return self.places.setdefault(key, _Place())


def key_of(name: str) -> str:
    """Where an addressee is told: the one mail server, or a web address's own."""
    return name.split("/")[2] if "://" in name else MAIL


def is_reachable(name: str) -> bool:
    """Whether an addressee is an e-mail address or a web address, not the name of somebody without one."""
    return "://" in name or EMAIL.fullmatch(name) is not None
