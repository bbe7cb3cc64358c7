"""The presumable network of an address, as a customer or an office has one."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 address, as ``192.0.2.0/24``; "" for no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))
