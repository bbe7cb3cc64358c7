"""The counts of what callers look up in vain that a process asks: Redis, its own where that does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from routing.model.local_guesses import LocalGuesses
from routing.model.memory import Forgotten
from routing.model.question import Guessing
from routing.store.client import RedisStore
from routing.store.guesses import RedisGuesses


def guesses_in(store: RedisStore | None, now: Callable[[], float] = time.monotonic) -> Guessing:
    """Counts that outlive the process where there is a Redis."""
    own = LocalGuesses(now)
    return SharedGuesses(RedisGuesses(store), own) if store else own


class SharedGuesses:
    """See Guessing: ``shared``, else ``own`` while that cannot be reached."""

    def __init__(self, shared: Guessing, own: Guessing) -> None:
        self._shared, self._own = shared, own

    def begin(self, project: str, who: str, within_s: int) -> int:
        """See Guessing."""
        try:
            return self._shared.begin(project, who, within_s)
        except Forgotten:
            return self._own.begin(project, who, within_s)

    def found(self, project: str, who: str, within_s: int) -> None:
        """See Guessing."""
        try:
            self._shared.found(project, who, within_s)
        except Forgotten:
            self._own.found(project, who, within_s)
