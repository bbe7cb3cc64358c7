"""The settings of the proxy, checked: only plain text may go into Kamailio's configuration."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from routing.node.settings import PLAIN_NAME, PLAIN_PATH, is_address

#: Address, port for phones, port for carriers, weight: `10.0.0.1`, `10.0.0.1:5060/5080*2`, `[2001:db8::1]:5060`.
_NODE = re.compile(r"(\[[\da-fA-F:]+\]|[\d.]+)(?::(\d{1,5})(?:/(\d{1,5}))?)?(?:\*(\d{1,3}))?")
_PORT = range(1, 65536)
#: Dispatcher sets of `kamailio.cfg.j2`: the nodes' side of phones, and that of carriers.
PHONES_SET, CARRIERS_SET = 1, 2


@dataclass(frozen=True)
class ProxiedNode:
    """A FreeSWITCH behind the proxy. ``weight``: its share of new calls among all nodes, 1 to 100."""

    address: str
    sip_port: int = 5060
    external_port: int = 5080
    weight: int = 1


@dataclass(frozen=True)
class ProxySettings:
    """The settings of the proxy. Paths are absolute; ``listen`` are addresses with ports, for UDP and TCP."""

    home: Path
    nodes: tuple[ProxiedNode, ...]
    listen: tuple[str, ...] = ("127.0.0.1:5060",)
    domain: str = ""
    carriers: tuple[str, ...] = ()
    tls: Path | None = None
    tls_port: int = 5061
    name: str = "routing"
    workers: int = 4
    requests_per_second: int = 50
    registration_seconds: int = 300
    #: Seconds between the pings of a node (OPTIONS).
    ping_seconds: int = 1
    #: How long a node, and a phone, may say nothing to an INVITE.
    node_timeout_ms: int = 2000
    phone_timeout_ms: int = 6000


def node_of(text: str) -> ProxiedNode:
    """A node as commands name it. Raises ValueError."""
    found = _NODE.fullmatch(text)
    if not found or not is_address(found[1].strip("[]")):
        raise ValueError(f"`{text}` is not a node: write 10.0.0.1, or 10.0.0.1:5060/5080*2 (ports, weight)")
    sip, external, weight = int(found[2] or 5060), int(found[3] or 5080), int(found[4] or 1)
    if sip not in _PORT or external not in _PORT:
        raise ValueError(f"`{text}`: a port is 1 to 65535")
    if sip == external:
        raise ValueError(f"`{text}`: the ports for phones and for carriers are not the same")
    if not 1 <= weight <= 100:
        raise ValueError(f"`{text}`: a weight is 1 to 100")
    return ProxiedNode(found[1], sip, external, weight)


def domain(settings: ProxySettings) -> str:
    """The SIP domain of the phones: the first address to listen on, unless another one is named."""
    return settings.domain or settings.listen[0].rpartition(":")[0].strip("[]")


def check(settings: ProxySettings) -> None:
    """Raise ValueError for a setting that may not go into the configuration, or that no proxy can work with."""
    for path in filter(None, (settings.home, settings.tls)):
        if not PLAIN_PATH.fullmatch(str(path)):
            raise ValueError(f"{path}: Kamailio needs a path of letters, digits and / . _ + - (hint: another folder)")
    if not settings.nodes:
        raise ValueError("a proxy needs a node to send calls to (hint: --node 10.0.0.1)")
    places = [(node.address, port) for node in settings.nodes for port in (node.sip_port, node.external_port)]
    if twice := next((each for each in places if places.count(each) > 1), None):
        raise ValueError(f"{twice[0]}:{twice[1]} is two nodes' place: each has addresses or ports of its own")
    for name in (domain(settings), settings.name):
        if not is_address(name) and not PLAIN_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a plain host name")
    for network in settings.carriers:
        ipaddress.ip_network(network)
