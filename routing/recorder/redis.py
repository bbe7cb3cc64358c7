"""The recorder's Redis."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from routing.store.address import parse

if TYPE_CHECKING:
    from routing.store.client import RedisStore
    from routing.store.networks import RedisNetworks

#: Redis is asked beside calls, not on them: it may take longer than a decision's budget.
REDIS_SECONDS = 1.0


def opened_store(address: str, ending: ExitStack) -> RedisStore:
    """A store, for one thread; ``ending`` closes it."""
    from routing.store.client import RedisStore  # gevent: only where Redis is used

    store = RedisStore(parse(address), REDIS_SECONDS)
    ending.callback(store.close)
    return store


def opened_networks(address: str, ending: ExitStack) -> RedisNetworks:
    """The networks of accounts and the queue of notices, for one thread; ``ending`` closes them."""
    from routing.store.networks import RedisNetworks  # gevent: only where Redis is used

    return RedisNetworks(opened_store(address, ending))
