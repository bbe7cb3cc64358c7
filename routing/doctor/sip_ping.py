"""Asks a SIP server over UDP whether it is there: one OPTIONS, sent twice."""

from __future__ import annotations

import contextlib
import ipaddress
import secrets
import socket

#: UDP may lose one.
TRIES, WAIT_SECONDS = 2, 1.0


def answers(place: str) -> bool:
    """Whether a SIP server at ``address:port`` answers OPTIONS, whatever it says."""
    host, _, port = place.rpartition(":")
    address = ipaddress.ip_address(host.strip("[]"))
    kind = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    with socket.socket(kind, socket.SOCK_DGRAM) as asking, contextlib.suppress(OSError):
        asking.connect((str(address), int(port)))
        asking.settimeout(WAIT_SECONDS)
        for _ in range(TRIES):
            asking.send(_options(place, *asking.getsockname()[:2]))
            with contextlib.suppress(TimeoutError):
                return asking.recv(4096).startswith(b"SIP/2.0 ")
    return False


def _options(place: str, host: str, port: int) -> bytes:
    here = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    mark = secrets.token_hex(8)
    lines = [
        f"OPTIONS sip:{place} SIP/2.0", f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{mark};rport",
        f"From: <sip:doctor@{here}>;tag={mark}", f"To: <sip:{place}>", f"Call-ID: {mark}@{host}", "CSeq: 1 OPTIONS",
        "Max-Forwards: 5", "Content-Length: 0", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()
