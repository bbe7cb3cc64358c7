"""The networks where SIP accounts have registered, in Redis, and notices until they are sent: of new networks, and of
people whom missed offers have paused."""

from __future__ import annotations

from collections.abc import Mapping

from routing.model.memory import Forgotten
from routing.store import keys
from routing.store.client import RedisStore, StoreDown
from routing.store.connection import Command, Reply

#: Most networks kept for one account, most notices of one account a day, most unsent notices.
MOST_NETWORKS, MOST_A_DAY, MOST_WAITING = 500, 10, 1000
#: KEYS as `keys.networks`; network, now, TTL, name and text of the notice, and the limits. The first network of an
#: account makes no notice. Returns 1 when the notice was queued.
SEEN = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2] - ARGV[3])
local is_new = not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) > 0
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -ARGV[6] - 1)
redis.call('EXPIRE', KEYS[1], ARGV[3])
if not is_new or redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[8]) then return 0 end
if redis.call('INCR', KEYS[2]) > tonumber(ARGV[7]) then return 0 end
redis.call('EXPIRE', KEYS[2], 86400)
redis.call('HSET', KEYS[3], ARGV[4], ARGV[5])
redis.call('EXPIRE', KEYS[3], ARGV[9])
return 1
"""


#: KEYS: the unsent notices; name and text of one, their limit and TTL. The same name is queued once.
PUT = """
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
local is_new = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return is_new
"""


class RedisNetworks:
    """See `routing.journal.networks.NetworkMemory`, `routing.journal.queued_notices.NoticeQueue`. Every method raises
    Forgotten."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def seen(self, project: str, account: str, network: str, at_s: float, name: str, notice: str) -> bool:
        """See NetworkMemory."""
        where = keys.networks(project, account)
        bounds = (MOST_NETWORKS, MOST_A_DAY, MOST_WAITING, keys.NOTICES_SECONDS)
        arguments = (network, round(at_s), keys.NETWORKS_SECONDS, name, notice, *bounds)
        (is_new,) = self._ask(where[0], ("EVAL", SEEN, 3, *where[:3], *arguments))
        return bool(is_new)

    def put(self, project: str, name: str, notice: str) -> None:
        """Queue a notice, once for its name."""
        *_, notices, _sending = keys.networks(project, "")
        self._ask(notices, ("EVAL", PUT, 1, notices, name, notice, MOST_WAITING, keys.NOTICES_SECONDS))

    def unsent(self, project: str) -> Mapping[str, str]:
        """See NoticeQueue."""
        *_, notices, sending = keys.networks(project, "")
        (waiting,) = self._ask(notices, ("HLEN", notices))
        if not waiting:
            return {}
        (mine,) = self._ask(notices, ("SET", sending, "1", "NX", "EX", keys.SENDING_SECONDS))
        if not mine:
            return {}
        (found,) = self._ask(notices, ("HGETALL", notices))
        texts = [text.decode("utf-8", "replace") for text in found]
        return dict(zip(texts[::2], texts[1::2], strict=True))

    def sent(self, project: str, *names: str) -> None:
        """See NoticeQueue."""
        *_, notices, sending = keys.networks(project, "")
        commands: list[Command] = [("HDEL", notices, name) for name in names]
        self._ask(notices, *commands, ("DEL", sending))

    def _ask(self, key: str, *commands: Command) -> list[Reply]:
        try:
            return self._store.ask(key, *commands)
        except StoreDown as problem:
            raise Forgotten(str(problem)) from None
