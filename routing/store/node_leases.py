"""What nodes tell each other, in Redis, for as long as they live: who rings or talks there, who waits in their queues.

A hash of the project: ``node/worker`` -> when it last said so (ms by the clock of Redis, so that no
other clocks are compared), and the text. What was said long ago is a lease that has ended.
"""

from __future__ import annotations

from typing import Protocol

from routing.store import keys
from routing.store.client import RedisStore, StoreDown

#: How long what a node said holds after it was last heard of.
LEASE_MS = 5_000
#: KEYS: the hash. The node, the worker, ``1`` with a text, the text, LEASE_MS. Returns the texts of other nodes.
EXCHANGE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ours = ARGV[1] .. '/'
local found = {}
local who = ''
for at, entry in ipairs(redis.call('HGETALL', KEYS[1])) do
  if at % 2 == 1 then who = entry else
    local said, text = string.match(entry, '^(%d+) (.*)$')
    if not said or math.abs(now - said) > tonumber(ARGV[5]) then redis.call('HDEL', KEYS[1], who)
    elseif string.sub(who, 1, #ours) ~= ours then found[#found + 1] = text end
  end
end
if ARGV[3] == '1' then
  redis.call('HSET', KEYS[1], ours .. ARGV[2], string.format('%d', now) .. ' ' .. ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
return found
"""


class NodeLeases(Protocol):
    """Nodes tell each other something, for as long as they live."""

    def exchange(self, project: str, node: str, worker: str, text: str | None) -> list[str] | None:
        """Say something (None: not known), and get what others say; None while that is not known."""


class RedisNodeLeases:
    """See NodeLeases."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def exchange(self, project: str, node: str, worker: str, text: str | None) -> list[str] | None:
        """See NodeLeases."""
        key = keys.node_leases(project)
        asks = ("EVAL", EXCHANGE, 1, key, node, worker, int(text is not None), text or "", LEASE_MS)
        try:
            (found,) = self._store.ask(key, asks)
        except StoreDown:
            return None
        return [each.decode() for each in found if each]
