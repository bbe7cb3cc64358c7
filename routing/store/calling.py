"""Who calls on which node, in Redis: a client who is in a call anywhere is not called back at this moment.

A hash of the project: node -> when it last was there, when it last named who calls (ms by the clock of Redis, so that
no other clocks are compared), and the last digits of all numbers on its channels. Without Redis a node knows its own
calls only.
"""

from __future__ import annotations

from collections.abc import Collection

from routing.store import keys
from routing.store.client import RedisStore, StoreDown

#: A node that was not heard of for so long is gone; numbers count for so long.
GONE_MS, FRESH_MS = 15_000, 3_000
#: Digits at the end of a number that tell clients apart.
TAIL = 9
#: KEYS: the hash. The node, ``1`` with numbers, the numbers, GONE_MS, TTL. Returns of each other node that is there how
#: long ago it named who calls (-1: never), and its numbers.
EXCHANGE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = {}
local spoken = '-1'
local node = ''
for at, entry in ipairs(redis.call('HGETALL', KEYS[1])) do
  if at % 2 == 1 then node = entry else
    local beat, since, numbers = string.match(entry, '^(%d+) (-?%d+) (.*)$')
    if node == ARGV[1] then spoken = since
    elseif not beat or now - beat > tonumber(ARGV[4]) then redis.call('HDEL', KEYS[1], node)
    else
      local age = -1
      if since ~= '-1' then age = now - since end
      found[#found + 1] = age
      found[#found + 1] = numbers
    end
  end
end
if ARGV[2] == '1' then spoken = string.format('%d', now) end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d', now) .. ' ' .. spoken .. ' ' .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return found
"""


class RedisCalling:
    """See `routing.engine.dialler_ports.OtherNodes`."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def exchange(self, project: str, node: str, numbers: Collection[str] | None) -> Collection[str] | None:
        """See OtherNodes; nobody elsewhere while Redis does not answer."""
        key = keys.calling(project)
        tails = " ".join(sorted({number[-TAIL:] for number in numbers or ()}))
        asks = ("EVAL", EXCHANGE, 1, key, node, int(numbers is not None), tails, GONE_MS)
        try:
            (found,) = self._store.ask(key, asks)
        except StoreDown:
            return ()
        spoken = list(zip(found[::2], found[1::2], strict=True))
        if any(not 0 <= int(age) <= FRESH_MS for age, _ in spoken):
            return None
        return {tail for _, tails in spoken for tail in tails.decode().split()}
