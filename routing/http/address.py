"""Host name -> the addresses a webhook may be sent to.

Link-local, metadata, multicast and unspecified addresses are refused in any notation: the resolved address is checked,
and that address is connected to. One lookup of a host runs at a time, so a hanging name server blocks one thread for
each host. Knows nothing of HTTP.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import gevent
from gevent.event import AsyncResult

Address = tuple[int, tuple[str, int]]
IP = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Cloud metadata services outside the link-local ranges (Alibaba, Oracle, AWS over IPv6).
METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "192.0.0.192", "fd00:ec2::254")))
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
REMEMBERED_SECONDS = 30.0
#: While a name server hangs or fails, an address this old is still used.
STALE_SECONDS = 600.0


class AddressRefused(OSError):
    """The address must not be connected to: link-local, metadata, multicast or unspecified."""


def check_address(text: str, link_local: bool = False) -> None:
    """Raise AddressRefused for an address that no webhook may have; ``link_local`` allows 169.254 and fe80."""
    address = _inner(ipaddress.ip_address(text.partition("%")[0]))
    if address.is_loopback:
        return
    if address.is_multicast or address.is_unspecified or address.is_reserved:
        raise AddressRefused(f"address {address} is refused")
    if (address.is_link_local or address in METADATA) and not link_local:
        raise AddressRefused(f"address {address} is link-local or a metadata service")


def _inner(address: IP) -> IP:
    """The IPv4 address inside an IPv6 one (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


@dataclass
class Resolver:
    """Looks hosts up in gevent's thread pool and remembers the answers. ``clock``: seconds, monotonic."""

    clock: Callable[[], float]
    lookup: Callable[[str], list[tuple[int, str]]] = field(default=lambda host: _getaddrinfo(host))
    known: dict[str, tuple[float, list[tuple[int, str]]]] = field(default_factory=dict)
    running: dict[str, AsyncResult[list[tuple[int, str]]]] = field(default_factory=dict)

    def ask(self, host: str) -> list[tuple[int, str]]:
        """Look a host up on a thread."""
        return gevent.get_hub().threadpool.apply(self.lookup, (host,))

    def addresses(self, host: str, port: int, timeout_s: float) -> list[Address]:
        """Socket addresses of a host, in order. After ``timeout_s`` seconds an old answer is used, if there is one.

        Raises OSError: unknown host, or no answer within the timeout.
        """
        literal = _literal(host)
        found = [literal] if literal else self._found(host, timeout_s)
        return [(family, (address, port)) for family, address in found]

    def _found(self, host: str, timeout_s: float) -> list[tuple[int, str]]:
        then, found = self.known.get(host, (0.0, []))
        age_s = self.clock() - then
        if found and age_s < REMEMBERED_SECONDS:
            return found
        lookup = self._lookup(host)
        lookup.wait(timeout_s)
        if lookup.successful():
            return lookup.get() or []
        if found and age_s < STALE_SECONDS:
            return found
        raise lookup.exception or TimeoutError(f"no address of {host} in time")

    def _lookup(self, host: str) -> AsyncResult[list[tuple[int, str]]]:
        """The lookup of a host, shared with one that already runs."""
        waiting = self.running.get(host)
        if waiting is None:
            waiting = self.running[host] = AsyncResult()
            gevent.spawn(self._look_up, host, waiting)
        return waiting

    def _look_up(self, host: str, waiting: AsyncResult[list[tuple[int, str]]]) -> None:
        try:
            found = self.ask(host)
            self.known[host] = (self.clock(), found)
            waiting.set(found)
        except Exception as problem:
            waiting.set_exception(problem if isinstance(problem, OSError) else OSError(str(problem)))
        finally:
            del self.running[host]


def _literal(host: str) -> tuple[int, str] | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return (socket.AF_INET if address.version == 4 else socket.AF_INET6, host)


def _getaddrinfo(host: str) -> list[tuple[int, str]]:
    rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((int(family), str(where[0])) for family, _, _, _, where in rows))
