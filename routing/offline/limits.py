"""The counts of ``limit hash`` over all calls of one switch, as mod_hash of FreeSWITCH 1.10.12 keeps them.

A resource has two counts: the calls that hold it now, and the requests in the current interval. A count over its bound
refuses the call, and a refused call holds nothing. Times are virtual.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf


@dataclass
class Limits:
    """Shared by calls that run in the order in which they begin; moments are seconds since the epoch.

    Overlapping calls run one after another: a hold keeps its beginning and its end.
    """

    #: No request comes for a time in the past: holds that ended are dropped.
    in_order: bool = False
    _holds: dict[str, dict[str, tuple[float, float]]] = field(default_factory=dict)
    _rates: dict[str, tuple[int, int]] = field(default_factory=dict)
    #: Call -> the resources that it holds.
    _held: dict[str, set[str]] = field(default_factory=dict)

    def take(self, resource: str, call: str, most: int, interval_s: int, now_s: float) -> tuple[int, bool]:
        """The usage including this call, and whether it is admitted; a negative ``most`` only counts."""
        if interval_s > 0:
            usage, admitted = self._rate(resource, most, interval_s, int(now_s))
        else:
            usage = len(self._holders(resource, now_s) | {call})
            admitted = most < 0 or usage <= most
        if admitted:
            self._holds.setdefault(resource, {}).setdefault(call, (now_s, inf))
            self._held.setdefault(call, set()).add(resource)
        return usage, admitted

    def give_back(self, resource: str, call: str, now_s: float) -> None:
        """The call releases a resource."""
        held = self._holds.get(resource, {})
        if call in held:
            held[call] = (held[call][0], now_s)
            self._held.get(call, set()).discard(resource)
            if self.in_order:
                del held[call]

    def ended(self, call: str, now_s: float) -> None:
        """The call ends, or is transferred without ``limit_ignore_transfer``: it releases everything."""
        for resource in tuple(self._held.get(call, ())):
            self.give_back(resource, call, now_s)
        self._held.pop(call, None)

    def _rate(self, resource: str, most: int, interval_s: int, now_s: int) -> tuple[int, bool]:
        since, count = self._rates.get(resource, (0, 0))
        is_first = since <= now_s - interval_s
        since, count = (now_s, 1) if is_first else (since, count + 1)
        self._rates[resource] = since, count
        return count, is_first or most < 0 or count <= most

    def _holders(self, resource: str, now_s: float) -> set[str]:
        held = self._holds.get(resource, {})
        return {call for call, (since_s, until_s) in held.items() if since_s <= now_s < until_s}
