"""The carrier's proxy for outgoing calls: hands each SIP request to the SIPp that plays the number dialled.

Datagrams are forwarded unchanged, one socket a number, so that answers find their way back. A number that nobody
plays is told 480.
"""

from __future__ import annotations

import re
import selectors
import socket
import threading

from . import ports

_USER = re.compile(rb"^[A-Z]+ sip:(\+?\d+)@")
_COPIED = re.compile(rb"^(?:Via|From|To|Call-ID|CSeq):.*$", re.M | re.I)


class Trunk:
    """Listens on ``port``; ``connect`` says which port on loopback plays a number."""

    def __init__(self) -> None:
        self.port = ports.free()
        self._selector = selectors.DefaultSelector()
        self._main = self._open(self.port)
        self._switch: tuple[str, int] = ("127.0.0.1", 0)
        self._numbers: dict[bytes, tuple[socket.socket, int]] = {}
        self._running = True
        self._thread = threading.Thread(target=self._run, name="trunk", daemon=True)
        self._thread.start()

    def connect(self, number: str, port: int) -> None:
        """From now on the SIPp on ``port`` plays this number."""
        known = self._numbers.get(number.encode())
        self._numbers[number.encode()] = (known[0] if known else self._open(0), port)

    def disconnect(self, number: str) -> None:
        """Nobody plays this number any more."""
        known = self._numbers.get(number.encode())
        if known:
            self._numbers[number.encode()] = (known[0], 0)

    def stop(self) -> None:
        """Close everything."""
        self._running = False
        self._thread.join(5)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _open(self, port: int) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.bind(("127.0.0.1", port))
        self._selector.register(opened, selectors.EVENT_READ)
        return opened

    def _run(self) -> None:
        while self._running:
            for key, _ in self._selector.select(0.2):
                opened: socket.socket = key.fileobj  # type: ignore[assignment]
                data, sender = opened.recvfrom(65536)
                if opened is self._main:
                    self._to_number(data, sender)
                else:
                    self._main.sendto(data, self._switch)

    def _to_number(self, data: bytes, sender: tuple[str, int]) -> None:
        self._switch = sender
        found = _USER.match(data)
        opened, port = self._numbers.get(found.group(1) if found else b"", (self._main, 0))
        if port:
            opened.sendto(data, ("127.0.0.1", port))
        elif data.startswith(b"INVITE"):
            lines = [b"SIP/2.0 480 Temporarily Unavailable", *_COPIED.findall(data.replace(b"\r", b""))]
            self._main.sendto(b"\r\n".join([*lines, b"Content-Length: 0", b"", b""]), sender)
