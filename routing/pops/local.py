"""Screen pops from the engine to the pops server on the same node, without Redis: datagrams to a unix socket.

Sending never blocks: a pop is lost when nobody reads, or reads too slowly.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import gevent.socket

from routing.model.socket_path import short_path

NAME = "pops.sock"
LONGEST = 16 * 1024


def send(root: Path, text: str) -> bool:
    """Send a pop to the release root's pops server; whether it was accepted."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock, suppress(OSError):
        sock.setblocking(False)
        with short_path(root / NAME) as path:
            sock.sendto(text.encode(), path)
        return True
    return False


class Receiver:
    """Receives the pops of a root's engines. ``next`` waits for one."""

    def __init__(self, root: Path) -> None:
        self._path = root / NAME
        self._sock: Any = gevent.socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._path.unlink(missing_ok=True)
        with short_path(self._path) as path:
            self._sock.bind(path)
        self._path.chmod(0o600)

    def next(self) -> str:
        """The next pop's JSON."""
        while True:
            data = self._sock.recv(LONGEST + 1)
            with suppress(UnicodeDecodeError):
                if len(data) <= LONGEST:
                    return str(data, "utf-8")

    def close(self) -> None:
        """Close and remove the socket."""
        self._sock.close()
        self._path.unlink(missing_ok=True)
