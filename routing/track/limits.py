"""How often one address may ask: a bucket each, refilled with time. Bounded: of too many addresses the oldest goes."""

from __future__ import annotations

import ipaddress
import re
from collections import OrderedDict
from collections.abc import Callable

MOST_ADDRESSES = 50_000
#: An owner of IPv6 has all addresses of a network of this size.
IPV6_NETWORK = 64
#: Numbers of a pool that one address may hold at least: the people of an office have one address.
FEWEST = 4
_WITH_PORT = re.compile(r"^(?:\[([0-9a-fA-F:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$")


class Limiter:
    """``burst`` requests at once, then ``per_second``. ``clock``: monotonic seconds."""

    def __init__(self, clock: Callable[[], float], per_second: float = 2.0, burst: int = 40) -> None:
        self._clock = clock
        self._per_second = per_second
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """0 when the address may ask now, which is counted; else the seconds until it may."""
        who, now = network(address), self._clock()
        left, at = self._buckets.pop(who, (float(self._burst), now))
        left = min(left + (now - at) * self._per_second, float(self._burst))
        wait = 0.0 if left >= 1 else (1 - left) / self._per_second
        self._buckets[who] = (left if wait else left - 1, now)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return wait


class Holders:
    """How many numbers of a pool one address may hold: a quarter of them, `FEWEST` at least. ``clock``: monotonic
    seconds. Bounded: of too many addresses the oldest goes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._held: OrderedDict[tuple[str, str], dict[str, float]] = OrderedDict()

    def may(self, address: str, pool: str, numbers: int, visitor_id: str) -> bool:
        """Whether a visitor at this address may be lent a number now."""
        held = self._alive(address, pool)
        return visitor_id in held or len(held) < max(FEWEST, numbers // 4)

    def lent(self, address: str, pool: str, visitor_id: str, lease_s: float) -> None:
        """A visitor at this address has a number for so long."""
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


def network(address: str) -> str:
    """Whose address it is: itself, or its network of IPv6; what is no address is one of its own. Some proxies write the
    port too."""
    host = _WITH_PORT.sub(lambda found: found[1] or found[2], address)
    try:
        parsed = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return address[:64]
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK), strict=False))
