"""Rate limits: a token bucket for each address, and a number an hour for any keys. Bounded: beyond the limit the oldest
key is forgotten."""

from __future__ import annotations

import ipaddress
import re
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping

MOST_ADDRESSES = 50_000
#: One customer has all IPv6 addresses of a network with this prefix length.
IPV6_NETWORK = 64
HOUR_SECONDS = 3600.0
_WITH_PORT = re.compile(r"^(?:\[([0-9a-fA-F:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$")


class Limiter:
    """``burst`` requests at once, then ``per_second``. ``clock``: monotonic seconds."""

    def __init__(self, clock: Callable[[], float], per_second: float = 2.0, burst: int = 40) -> None:
        self._clock = clock
        self._per_second = per_second
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Counts a request and returns 0, or returns the seconds until the address may send one."""
        who, now = network(address), self._clock()
        left, at = self._buckets.pop(who, (float(self._burst), now))
        left = min(left + (now - at) * self._per_second, float(self._burst))
        wait = 0.0 if left >= 1 else (1 - left) / self._per_second
        self._buckets[who] = (left if wait else left - 1, now)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return wait


class HourlyLimits:
    """At most so many of something in the last hour, for each key. ``clock``: monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, most: Mapping[str, int]) -> float:
        """Counts one for each key and returns 0; or counts nothing and returns the seconds until all keys allow one.
        ``most``: key -> how many an hour."""
        now = self._clock()
        wait = max((self._wait_s(key, number, now) for key, number in most.items()), default=0.0)
        if wait:
            return wait
        for key in most:
            self._times.setdefault(key, deque()).append(now)
            self._times.move_to_end(key)
        while len(self._times) > MOST_ADDRESSES:
            self._times.popitem(last=False)
        return 0.0

    def _wait_s(self, key: str, most: int, now: float) -> float:
        times = self._times.get(key)
        while times and times[0] <= now - HOUR_SECONDS:
            times.popleft()
        return max(times[-most] + HOUR_SECONDS - now, 1.0) if times and len(times) >= most else 0.0


def network(address: str) -> str:
    """The key of an address: itself, or its IPv6 network; other text is its own key. Removes a port, which some proxies
    add."""
    host = _WITH_PORT.sub(lambda found: found[1] or found[2], address)
    try:
        parsed = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return address[:64]
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK), strict=False))
