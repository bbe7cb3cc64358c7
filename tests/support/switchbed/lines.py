"""How an agent's messages travel: UDP, or TCP and TLS, where a message's end is what its Content-Length says."""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

Peer = tuple[str, int]
_LENGTH = re.compile(rb"\r\n(?:Content-Length|l)[ \t]*:[ \t]*(\d+)", re.I)


def family(host: str) -> socket.AddressFamily:
    """Of an address."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


class Line(Protocol):
    """Where messages go to and come from."""

    def send(self, data: bytes, peer: Peer) -> None:
        """Send one message."""

    def received(self) -> Iterator[tuple[bytes, Peer]]:
        """Messages and whence they came, until it is closed."""

    def close(self) -> None:
        """Be gone without a word."""


class Datagrams:
    """UDP."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.socket(family(host), socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self._own = (host, port)
        self._running = True

    def send(self, data: bytes, peer: Peer) -> None:
        """See Line."""
        self._socket.sendto(data, peer)

    def received(self) -> Iterator[tuple[bytes, Peer]]:
        """See Line."""
        while self._running:
            data, peer = self._socket.recvfrom(65536)
            if data.strip():
                yield data, peer[:2]
        self._socket.close()

    def close(self) -> None:
        """See Line."""
        self._running = False
        with contextlib.suppress(OSError):
            self._socket.sendto(b"\r\n", self._own)


class Streams:
    """TCP, or TLS with a certificate (a file of key and certificate): a connection to each peer, whoever opened it."""

    def __init__(self, host: str, port: int, certificate: Path | None = None) -> None:
        self._host = host
        self._certificate = certificate
        self._listening = socket.create_server((host, port), family=family(host))
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._wakes, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._open: dict[Peer, socket.socket] = {}
        self._read: dict[Peer, bytes] = {}
        self._lock = threading.RLock()
        self._running = True

    def send(self, data: bytes, peer: Peer) -> None:
        """See Line."""
        with self._lock, contextlib.suppress(OSError):
            if peer not in self._open:
                self._take(self._connected(peer), peer)
            self._open[peer].sendall(data)

    def received(self) -> Iterator[tuple[bytes, Peer]]:
        """See Line."""
        while self._running:
            for key, _ in self._selector.select():
                if key.fileobj is self._listening:
                    self._accept()
                elif key.data:
                    yield from self._messages(key.data)
                else:
                    self._woken.recv(64)
        with self._lock:
            for each in (*self._open.values(), self._listening, self._wakes, self._woken):
                each.close()
            self._selector.close()

    def close(self) -> None:
        """See Line."""
        self._running = False
        with contextlib.suppress(OSError):
            self._wakes.send(b"x")

    def drop(self) -> None:
        """Lose every connection, as a NAT that forgets does; the agent goes on."""
        with self._lock:
            for peer in list(self._open):
                self._lose(peer)

    def _connected(self, peer: Peer) -> socket.socket:
        opened = socket.create_connection(peer, 5, (self._host, 0))
        if self._certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            opened = context.wrap_socket(opened)
        return opened

    def _accept(self) -> None:
        opened, peer = self._listening.accept()
        with contextlib.suppress(OSError):
            if self._certificate:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self._certificate)
                opened.settimeout(5)
                opened = context.wrap_socket(opened, server_side=True)
            with self._lock:
                self._take(opened, peer[:2])
            return
        opened.close()

    def _take(self, opened: socket.socket, peer: Peer) -> None:
        opened.settimeout(5)
        self._open[peer] = opened
        self._selector.register(opened, selectors.EVENT_READ, peer)
        self._wakes.send(b"x")  # it is looked at from the next round on

    def _messages(self, peer: Peer) -> Iterator[tuple[bytes, Peer]]:
        with self._lock:
            opened = self._open.get(peer)
            if opened is None:
                return
            try:
                data = opened.recv(65536)
                while isinstance(opened, ssl.SSLSocket) and opened.pending():
                    data += opened.recv(65536)
            except OSError:
                data = b""
            if not data:
                self._lose(peer)
        self._read[peer] = self._read.get(peer, b"") + data
        while message := self._whole(peer):
            yield message, peer

    def _whole(self, peer: Peer) -> bytes:
        text = self._read[peer].lstrip(b"\r\n")
        head, end, _ = text.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        size = len(head) + len(end) + (int(length[1]) if length else 0)
        self._read[peer] = text if not end or len(text) < size else text[size:]
        return text[:size] if end and len(text) >= size else b""

    def _lose(self, peer: Peer) -> None:
        with contextlib.suppress(KeyError, OSError, ValueError):
            opened = self._open.pop(peer)
            self._selector.unregister(opened)
            opened.close()
