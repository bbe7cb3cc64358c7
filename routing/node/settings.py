"""The settings of a node, checked: only plain text may go into FreeSWITCH's configuration."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from routing.node.certificate import Certificate

_RATE = re.compile(r"0|[1-9]\d{0,5}/[1-9]\d{0,5}")
#: What may go into a configuration as it is.
PLAIN_PATH = re.compile(r"/[\w./+-]*")
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


@dataclass(frozen=True)
class Settings:
    """The settings of a node. Rates are ``calls/seconds``, ``0`` is no limit; paths are absolute, timeouts seconds."""

    home: Path
    root: Path
    esl_password: str
    address: str = "127.0.0.1"
    external_address: str = ""
    public_address: str = ""
    domain: str = ""
    #: The SIP proxy before the node, ``address:port``: phones register there, and calls come from there.
    proxy: str = ""
    name: str = "routing"
    sip_port: int = 5060
    external_port: int = 5080
    esl_port: int = 8021
    tls: Certificate | None = None
    tls_port: int = 5061
    tls_external_port: int = 5081
    tls_only: bool = False
    tls_verify: bool = True
    rtp_start_port: int = 16384
    #: The port above it is RTCP's; Linux gives programs the ports from 32768 on.
    rtp_end_port: int = 32766
    carriers: tuple[str, ...] = ()
    codecs: tuple[str, ...] = ("PCMA", "PCMU")
    extra_modules: tuple[str, ...] = ()
    max_sessions: int = 1000
    sessions_per_second: int = 50
    sip_requests_per_second: int = 1000
    media_timeout: int = 300
    hold_timeout: int = 1800
    transfers: bool = True
    fixed_media: str = "none"
    caller_rate: str = "10/60"
    caller_calls: int = 5
    anonymous_rate: str = "60/60"
    number_rate: str = "600/60"
    number_calls: int = 200
    account_rate: str = "30/60"
    account_calls: int = 5
    loglevel: str = "notice"
    #: The folder of packages from which mod_python3 imports `routing`; None: FreeSWITCH decides nothing itself.
    package: Path | None = None


def is_limited(settings: Settings) -> bool:
    """Whether calls from outside have a flood limit."""
    rates = bound(settings.caller_rate), bound(settings.number_rate)
    return any((*rates, settings.caller_calls, settings.number_calls))


def bound(rate: str) -> str:
    """A rate for templates: empty without a limit."""
    return "" if rate == "0" else rate


def proxy_host(settings: Settings) -> str:
    """The address of the SIP proxy; "" without one."""
    return settings.proxy.rpartition(":")[0].strip("[]")


def domain(settings: Settings) -> str:
    """The SIP domain of the phones."""
    return settings.domain or proxy_host(settings) or settings.address


def phones_at(settings: Settings) -> str:
    """What follows an account in a dial string: registered here, or reached by way of the proxy."""
    name = domain(settings)
    written = f"[{name}]" if ":" in name else name
    return f"@{written};fs_path=sip:{settings.proxy}" if settings.proxy else "%$${domain}"


def carriers(settings: Settings) -> tuple[str, ...]:
    """The networks that calls from outside come from: the carriers', and the proxy.

    A node on loopback without any is for trials and accepts the machine itself.
    """
    if settings.proxy:
        own = ipaddress.ip_network(proxy_host(settings))
        return tuple(dict.fromkeys(str(ipaddress.ip_network(cidr)) for cidr in (str(own), *settings.carriers)))
    if not settings.carriers and ipaddress.ip_address(settings.external_address or settings.address).is_loopback:
        return ("127.0.0.0/8", "::1/128")
    return tuple(str(ipaddress.ip_network(cidr)) for cidr in settings.carriers)


def check(settings: Settings) -> None:
    """Check that all settings are plain text: they go into FreeSWITCH's configuration."""
    addresses = filter(None, (settings.address, settings.external_address, settings.public_address))
    versions = {_version(address) for address in addresses}
    if settings.public_address and len(versions) > 1:
        raise ValueError(f"{settings.public_address} cannot stand for the node's addresses: one is IPv4, one IPv6")
    if settings.tls_only and settings.tls is None:
        raise ValueError("TLS-only phones need a certificate (hint: --tls FOLDER)")
    if settings.proxy and not is_address(proxy_host(settings)):
        raise ValueError(f"{settings.proxy}: write the proxy's address, by which its calls are known")
    for path in (settings.home, settings.root, *filter(None, [settings.package])):
        if not PLAIN_PATH.fullmatch(str(path)):
            raise ValueError(f"{path}: FreeSWITCH needs a path of letters, digits and / . _ + - (hint: another folder)")
    for name in (settings.domain, settings.name):
        if name and not is_address(name) and not PLAIN_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a plain host name")
    for rate in (settings.caller_rate, settings.anonymous_rate, settings.number_rate, settings.account_rate):
        if not _RATE.fullmatch(rate):
            raise ValueError(f"rate {rate!r} is not calls/seconds, such as 10/60, or 0")


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _version(text: str) -> int:
    if "%" in text:
        raise ValueError(f"{text} is valid on one link only: write an address without `%`")
    return ipaddress.ip_address(text).version


def ports_of_sound(first: int, last: int) -> range:
    """The UDP ports that FreeSWITCH takes for RTP in a range, and those of RTCP, each above an even one."""
    return range(first, last + 2 - last % 2)
