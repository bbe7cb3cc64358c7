"""Counts of what callers look up in vain, in Redis: `routing.model.question.Guessing`."""

from __future__ import annotations

from routing.model.memory import Forgotten
from routing.store import keys
from routing.store.client import RedisStore, StoreDown


class RedisGuesses:
    """See Guessing. A count ends its time after the first question, whatever follows."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def begin(self, project: str, who: str, within_s: int) -> int:
        """See Guessing."""
        key = keys.misses(project, who)
        try:
            _, count = self._store.ask(key, ("SET", key, 0, "NX", "EX", within_s), ("INCR", key))
        except StoreDown as problem:
            raise Forgotten(str(problem)) from None
        return int(count)

    def found(self, project: str, who: str, within_s: int) -> None:
        """See Guessing."""
        key = keys.misses(project, who)
        try:
            self._store.ask(key, ("SET", key, 1, "NX", "EX", within_s), ("DECR", key))
        except StoreDown as problem:
            raise Forgotten(str(problem)) from None
