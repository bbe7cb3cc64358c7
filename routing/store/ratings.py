"""Who has been asked for a rating, in Redis: `routing.model.rating.Ratings`."""

from __future__ import annotations

from routing.model.memory import Forgotten
from routing.store import keys
from routing.store.client import RedisStore, StoreDown

#: KEYS[1] when the caller was asked last; now, the shortest time between two questions. The earlier time, or "".
ASK = """
local last = tonumber(redis.call('GET', KEYS[1]) or '')
local now, within = tonumber(ARGV[1]), tonumber(ARGV[2])
if last and last <= now and now - last < within then return tostring(last) end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return ''
"""


class RedisRatings:
    """See Ratings."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def ask(self, project: str, caller: str, within_s: int, now_s: float) -> float | None:
        """See Ratings."""
        key = keys.rating_request(project, caller)
        try:
            (found,) = self._store.ask(key, ("EVAL", ASK, 1, key, round(now_s), within_s))
        except StoreDown as problem:
            raise Forgotten(str(problem)) from None
        return float(found) if found else None


class NoRatings:
    """Where there is no Redis: nobody knows who has been asked."""

    def ask(self, project: str, caller: str, within_s: int, now_s: float) -> float | None:
        """See Ratings."""
        raise Forgotten("there is no Redis")


def ratings_in(store: RedisStore | None) -> RedisRatings | NoRatings:
    """Those of a Redis."""
    return RedisRatings(store) if store else NoRatings()
