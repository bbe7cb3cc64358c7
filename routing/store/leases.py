"""Numbers lent to visitors, in Redis: `routing.model.visitors.Leases`.

A pool has two keys in one slot. Each method is one round trip; lending is one script, so that two visitors never hold
one number. A visitor's facts are deleted when the lease and the keep time after it have ended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from routing.model.entities import Visitor
from routing.model.visitors import LeasesDown, Lending
from routing.store import keys
from routing.store.client import RedisStore, StoreDown

#: A page waits for its number; a call waits for the store's own budget.
PAGE_BUDGET_SECONDS = 0.25

#: Fields of KEYS[2] by number: `n:` its visitor, `s:` and `p:` the facts of the visit and of the page, `u:` until when
#: they are kept. By visitor: `v:` their number.
_FORGET = """
local function forget(number)
  local visitor = redis.call('HGET', KEYS[2], 'n:' .. number)
  if visitor then redis.call('HDEL', KEYS[2], 'v:' .. visitor) end
  redis.call('HDEL', KEYS[2], 'n:' .. number, 's:' .. number, 'p:' .. number, 'u:' .. number)
end
local now, ends, known = tonumber(ARGV[1]), ARGV[1] + ARGV[2], ARGV[1] + ARGV[2] + ARGV[3]
local function keep(number)
  redis.call('ZADD', KEYS[1], ends, number)
  redis.call('HSET', KEYS[2], 'u:' .. number, known)
  for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[2] + ARGV[3] + 1) end
end
"""
#: A lease that ends later than one that begins now comes from a clock that was ahead: it is cut to a new one.
#: KEYS[1] ends of leases by number, KEYS[2] the fields above; now, lease, keep (s), visitor, facts of the visit, facts
#: of the page, digest of the pool's numbers, the numbers. Returns the number, or nothing when all are lent.
LEND = (
    _FORGET
    + """
for _, number in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ends, '+inf')) do
  redis.call('ZADD', KEYS[1], ends, number)
  redis.call('HSET', KEYS[2], 'u:' .. number, known)
end
for _, number in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], 1, '(' .. (now - ARGV[3]))) do
  forget(number)
  redis.call('ZADD', KEYS[1], 0, number)
end
if redis.call('HGET', KEYS[2], 'list') ~= ARGV[7] then
  local ours = {}
  for at = 8, #ARGV do
    ours[ARGV[at]] = true
    redis.call('ZADD', KEYS[1], 'NX', 0, ARGV[at])
  end
  for _, number in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    if not ours[number] then
      forget(number)
      redis.call('ZREM', KEYS[1], number)
    end
  end
  redis.call('HSET', KEYS[2], 'list', ARGV[7])
end
local number = redis.call('HGET', KEYS[2], 'v:' .. ARGV[4])
if not number then
  number = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
  if not number then return false end
  forget(number)
  redis.call('HSET', KEYS[2], 'v:' .. ARGV[4], number, 'n:' .. number, ARGV[4])
end
redis.call('HSET', KEYS[2], 's:' .. number, ARGV[5], 'p:' .. number, ARGV[6])
keep(number)
return number
"""
)
#: The same keys; now, lease, keep (s), visitor, facts of the page.
TELL = (
    _FORGET
    + """
local number = redis.call('HGET', KEYS[2], 'v:' .. ARGV[4])
if not number then return false end
redis.call('HSET', KEYS[2], 'p:' .. number, ARGV[5])
keep(number)
return number
"""
)


class RedisLeases:
    """See `routing.model.visitors.Leases`. Every method raises LeasesDown."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def lend(
        self, lending: Lending, visitor_id: str, visitor: Visitor, page: Mapping[str, str], now: float
    ) -> str | None:
        """See Leases. The number that has been free the longest is lent first."""
        session = _text({"entities": dict(visitor.entities), "source": dict(visitor.source)})
        listed = hashlib.sha256(" ".join(lending.numbers).encode()).hexdigest()[:16]
        return self._run(LEND, lending, now, visitor_id, session, _text(dict(page)), listed, *lending.numbers)

    def tell(self, lending: Lending, visitor_id: str, page: Mapping[str, str], now: float) -> str | None:
        """See Leases."""
        return self._run(TELL, lending, now, visitor_id, _text(dict(page)))

    def holder(self, project: str, pool: str, number: str, now: float) -> Visitor | None:
        """See Leases."""
        _, key = keys.pool(project, pool)
        try:
            (found,) = self._store.ask(key, ("HMGET", key, f"u:{number}", f"s:{number}", f"p:{number}"))
        except StoreDown as problem:
            raise LeasesDown(str(problem)) from None
        until, session, page = found
        if until is None or session is None or float(until) <= now:
            return None
        visit = json.loads(session)
        return Visitor({**visit["entities"], **json.loads(page or b"{}")}, visit["source"])

    def _run(self, script: str, lending: Lending, now: float, *rest: str) -> str | None:
        both = keys.pool(lending.project, lending.pool)
        times = (f"{now:.3f}", lending.lease_s, lending.keep_s)
        try:
            (number,) = self._store.ask(
                both[0], ("EVAL", script, len(both), *both, *times, *rest), budget_s=PAGE_BUDGET_SECONDS
            )
        except StoreDown as problem:
            raise LeasesDown(str(problem)) from None
        return None if number is None else str(number, "ascii")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
