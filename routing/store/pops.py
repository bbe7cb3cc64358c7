"""Pops in Redis, a short stream of each project: `routing.model.pop.Pops`.

A stream, not a channel: whoever begins to read, or reads again after a failover, gets what was told meanwhile, and
every reader knows an event by the same id. One key, so one slot and one node of a cluster.
"""

from __future__ import annotations

from collections.abc import Sequence

from routing.model.pop import PopsDown
from routing.store import keys
from routing.store.client import RedisStore, StoreDown

#: Kept of a project, about; a minute of calls that ring is fewer.
MOST = 2_000
AT_ONCE = 200
#: What a reader that waits may take beside the waiting.
READ_SECONDS = 2.0


class RedisPops:
    """See `routing.model.pop.Pops`. Writing is one round trip within the store's budget."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def tell(self, project: str, text: str) -> None:
        """See Pops."""
        key = keys.pops(project)
        add = ("XADD", key, "MAXLEN", "~", MOST, "*", "pop", text)
        try:
            self._store.ask(key, add, ("EXPIRE", key, keys.POPS_SECONDS))
        except StoreDown as problem:
            raise PopsDown(str(problem)) from None

    def after(self, project: str, last: str, wait_s: float) -> Sequence[tuple[str, str]]:
        """See Pops. The connection is held meanwhile."""
        key = keys.pops(project)
        read = ("XREAD", "COUNT", AT_ONCE, "BLOCK", max(1, round(wait_s * 1000)), "STREAMS", key, last)
        try:
            (found,) = self._store.ask(key, read, budget_s=wait_s + READ_SECONDS)
        except StoreDown as problem:
            raise PopsDown(str(problem)) from None
        entries = found[0][1] if found else ()
        return [(id_.decode(), fields[1].decode()) for id_, fields in entries]
