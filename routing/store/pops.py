"""Screen pops in Redis, a short stream for each project: `routing.model.pop.Pops`.

A stream, not a pub/sub channel: a reader that starts, or reconnects after a failover, gets the events in between, and
all readers see the same event ids. One key, so one slot and one node of a cluster.
"""

from __future__ import annotations

from collections.abc import Sequence

from routing.model.pop import PopsDown
from routing.store import keys
from routing.store.client import RedisStore, StoreDown

#: About so many pops are kept for a project, more than a minute of calls.
MOST = 2_000
AT_ONCE = 200
#: Timeout of a read in addition to its waiting time.
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
        """See Pops. Holds a connection while it waits."""
        key = keys.pops(project)
        read = ("XREAD", "COUNT", AT_ONCE, "BLOCK", max(1, round(wait_s * 1000)), "STREAMS", key, last)
        try:
            (found,) = self._store.ask(key, read, budget_s=wait_s + READ_SECONDS)
        except StoreDown as problem:
            raise PopsDown(str(problem)) from None
        entries = found[0][1] if found else ()
        return [(id_.decode(), fields[1].decode()) for id_, fields in entries]
