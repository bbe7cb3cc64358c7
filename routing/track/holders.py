"""Limits how many numbers of a pool one address may hold, so that no address can empty it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from routing.web.limits import MOST_ADDRESSES, network

#: Every address may hold so many numbers of a pool: the people of an office share one address.
FEWEST = 4


class Holders:
    """The visitors of each address that hold a number of a pool: at most a quarter of its numbers, or `FEWEST`.
    ``clock``: monotonic seconds. Bounded: beyond the limit the oldest address is forgotten."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._held: OrderedDict[tuple[str, str], dict[str, float]] = OrderedDict()

    def may(self, address: str, pool: str, numbers: int, visitor_id: str) -> bool:
        """Whether a visitor at this address may be lent a number now."""
        held = self._alive(address, pool)
        return visitor_id in held or len(held) < max(FEWEST, numbers // 4)

    def lent(self, address: str, pool: str, visitor_id: str, lease_s: float) -> None:
        """A visitor at this address has a number for ``lease_s`` seconds."""
        held = self._alive(address, pool)
        held[visitor_id] = self._clock() + lease_s
        self._held[network(address), pool] = held
        self._held.move_to_end((network(address), pool))
        if len(self._held) > MOST_ADDRESSES:
            self._held.popitem(last=False)

    def _alive(self, address: str, pool: str) -> dict[str, float]:
        now = self._clock()
        held = self._held.get((network(address), pool), {})
        return {visitor: until for visitor, until in held.items() if until > now}
