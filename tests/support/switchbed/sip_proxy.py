"""A SIP proxy before the switch, as Kamailio is one: phones register and call through it, all from its one address.

Where a phone really is travels in its Contact (``alias=ADDRESS~PORT~1``, as ``add_contact_alias`` writes it), unless
``aliases`` is off. Path and Record-Route are added as real proxies do. UDP, and as stateless as can be.
"""

from __future__ import annotations

import re
import socket
import threading
from dataclasses import dataclass, field

from . import dialog, ports
from .dialog import HOST

Peer = tuple[str, int]
_BRANCH = "branch=z9hG4bKproxy"
_ALIAS = re.compile(r";alias=([\d.]+)~(\d+)~1")


@dataclass
class SipProxy:
    """Between phones and ``switch``; ``log`` keeps what it passed on, with whom it came from and went to."""

    switch: Peer
    aliases: bool = True
    log: list[tuple[Peer, Peer, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port = ports.free()
        self.at = (HOST, self.port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(self.at)
        self._running = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> SipProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self._running = False
        self._socket.sendto(b"", self.at)
        self._thread.join(5)
        self._socket.close()

    def _run(self) -> None:
        while self._running:
            data, peer = self._socket.recvfrom(65536)
            if data.strip():
                self._pass_on(dialog.read(data), peer)

    def _pass_on(self, text: str, peer: Peer) -> None:
        head, _, body = text.partition("\n\n")
        lines = head.split("\n")
        if peer != self.switch and self.aliases:
            lines = [_aliased(line, peer) for line in lines]
        to = self._answered(lines) if lines[0].startswith("SIP/2.0") else self._asked(lines, peer)
        if to:
            self.log.append((peer, to, "\n".join(lines)))
            self._socket.sendto(("\r\n".join([*lines, "", ""]) + body.replace("\n", "\r\n")).encode(), to)

    def _answered(self, lines: list[str]) -> Peer | None:
        """Take our own Via off; the next one says where to."""
        vias = [place for place, line in enumerate(lines) if line.startswith("Via:")]
        assert _BRANCH in lines[vias[0]], lines
        if len(vias) == 1:  # 100 Trying goes no further
            return None
        following = lines[vias[1]]
        del lines[vias[0]]
        found = re.search(r"UDP ([\d.]+):(\d+)", following)
        seen = re.search(r"received=([\d.]+)", following), re.search(r"rport=(\d+)", following)
        if not found:
            return None
        return (seen[0][1] if seen[0] else found[1], int(seen[1][1] if seen[1] else found[2]))

    def _asked(self, lines: list[str], peer: Peer) -> Peer | None:
        """Put our own Via on; the switch is asked, or of its requests the phone that the alias names."""
        method = lines[0].partition(" ")[0]
        first = next(place for place, line in enumerate(lines) if line.startswith("Via:"))
        branch = re.search(r"branch=z9hG4bK([^;\s]+)", lines[first])
        if peer == self.switch:
            to = self._home(lines)
        else:
            to = self.switch
            lines[first] = re.sub(r";rport(?=;|$)", "", lines[first]) + f";received={peer[0]};rport={peer[1]}"
            if method in ("INVITE", "SUBSCRIBE"):
                lines.insert(first + 1, f"Record-Route: <sip:{HOST}:{self.port};lr>")
            if method == "REGISTER":
                lines += [f"Path: <sip:{HOST}:{self.port};lr>", "Supported: path"]
        lines.insert(first, f"Via: SIP/2.0/UDP {HOST}:{self.port};{_BRANCH}{branch[1] if branch else ''}")
        return to

    def _home(self, lines: list[str]) -> Peer | None:
        alias = _ALIAS.search(lines[0])
        lines[0] = _ALIAS.sub("", lines[0])
        lines[:] = [line for line in lines if not line.startswith("Route:")]
        return (alias[1], int(alias[2])) if alias else None

    def sent_to(self, peer: Peer, method: str) -> list[str]:
        """Requests of a method that it passed on to somebody."""
        return [text for _, to, text in list(self.log) if to == peer and text.startswith(f"{method} ")]


def _aliased(line: str, peer: Peer) -> str:
    if not line.startswith("Contact:") or "alias=" in line:
        return line
    return re.sub(r"(<sip:[^>]*)>", rf"\1;alias={peer[0]}~{peer[1]}~1>", line)
