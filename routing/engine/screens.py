"""Sends screen pops from a worker: through Redis, else directly to the pops server on this node.

The decision never waits: pops are sent in greenlets of their own, bounded in number and, by the store, in time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from gevent.pool import Pool

from routing.model.pop import Pop, Pops, PopsDown
from routing.pops.local import send
from routing.store.client import RedisStore
from routing.store.pops import RedisPops

#: Pops being sent at once; more are dropped.
MOST_AT_ONCE = 100

#: Called with the way a pop went: ``redis``, ``node`` (only this node's screens) or ``lost``.
Count = Callable[[str], None]


class PopSender:
    """The engine's ``send_pop``. ``pops`` None: there is no Redis."""

    def __init__(self, root: Path, pops: Pops | None, count: Count) -> None:
        self._root = root
        self._pops = pops
        self._count = count
        self._pool = Pool(MOST_AT_ONCE)

    def __call__(self, project: str, pop: Pop) -> None:
        """Send the pop to the person's screens, without waiting."""
        if self._pool.full():
            self._count("lost")
            return
        self._pool.spawn(self._tell, project, pop)

    def _tell(self, project: str, pop: Pop) -> None:
        text = json.dumps(pop.as_json(), ensure_ascii=False, separators=(",", ":"))
        if self._pops is not None:
            try:
                self._pops.tell(project, text)
            except PopsDown:
                pass
            else:
                self._count("redis")
                return
        self._count("node" if send(self._root, text) else "lost")


def pops_in(store: RedisStore | None) -> Pops | None:
    """The pops in Redis; None without Redis."""
    return RedisPops(store) if store else None
