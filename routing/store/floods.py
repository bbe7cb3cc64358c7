"""The answered minutes of the day at numbers that the company pays for, in Redis: those of all nodes together."""

from __future__ import annotations

from collections.abc import Mapping

from routing.model.memory import Forgotten
from routing.store import keys
from routing.store.client import RedisStore, StoreDown
from routing.store.connection import Command, Reply


class RedisFloods:
    """See `routing.recorder.flood_budget.SpentMinutes`. Every method raises Forgotten."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def add(self, project: str, day: str, number: str, seconds: float) -> float:
        """Count answered seconds of a number; returns those of the day (``YYYYMMDD``)."""
        key = keys.flood_spent(project, day)
        total, _ = self._ask(key, ("HINCRBYFLOAT", key, number, f"{seconds:.3f}"), ("EXPIRE", key, keys.SPENT_SECONDS))
        return float(total)

    def of(self, project: str, day: str) -> Mapping[str, float]:
        """Number -> answered seconds of the day."""
        key = keys.flood_spent(project, day)
        (found,) = self._ask(key, ("HGETALL", key))
        return {number.decode(): float(seconds) for number, seconds in zip(found[::2], found[1::2], strict=True)}

    def _ask(self, key: str, *commands: Command) -> list[Reply]:
        try:
            return self._store.ask(key, *commands)
        except StoreDown as problem:
            raise Forgotten(str(problem)) from None
