"""A connection to an untrusted server, plain or TLS. It counts every byte; every read checks the deadline and yields to
other greenlets, so that a server can hold up nothing but the request to it.

TLS runs over memory buffers, so that a server cannot keep the library busy inside one read (tickets, key updates, empty
records). Knows nothing of HTTP.
"""

from __future__ import annotations

import io
import ssl

import gevent
import gevent.socket

from routing.model.budget import CHUNK, Budget, Counted

#: Limit of a TLS handshake: OpenSSL accepts at most 100 kB of certificates.
HANDSHAKE_BYTES = 160 * 1024


class MeteredConnection:
    """Owns a connected socket. ``budget`` is replaced for every exchange."""

    def __init__(self, sock: gevent.socket.socket, budget: Budget) -> None:
        self.budget = budget
        self._sock = sock
        self._tls: ssl.SSLObject | None = None
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._counted = Counted(self.receive)
        self._reader = _Reader(self._counted, CHUNK)

    def secure(self, trust: ssl.SSLContext, host: str) -> None:
        """Switch to TLS and verify that the server is ``host``. Raises OSError (ssl.SSLError)."""
        self.budget.left += HANDSHAKE_BYTES
        self._tls = trust.wrap_bio(self._in, self._out, server_hostname=host)
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._more()
        self._flush()

    def send(self, text: bytes) -> None:
        """Send everything."""
        if self._tls is None:
            self._sock.sendall(text)
            return
        self._tls.write(text)
        self._flush()

    def receive(self, most: int) -> bytes:
        """The next bytes, ``b""`` at the end. Raises TooMuch, TimeoutError or another OSError."""
        if self._tls is None:
            return self._received(most)
        while True:
            try:
                return self._tls.read(most)
            except ssl.SSLWantReadError:
                self._more()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def makefile(self, mode: str) -> io.BufferedReader:
        """The file from which http.client reads an answer; closing it does not close the connection."""
        return self._reader

    @property
    def is_drained(self) -> bool:
        """Whether nothing was received beyond the answer."""
        unread = self._tls.pending() + self._in.pending if self._tls else 0
        self._counted.is_dry = True
        unread += len(self._reader.peek(1))
        self._counted.is_dry = False
        return not unread

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._sock.fileno()

    def close(self) -> None:
        """Close at once, without a TLS goodbye."""
        self._sock.close()

    def _more(self) -> None:
        self._flush()
        if came := self._received(CHUNK):
            self._in.write(came)
        else:
            self._in.write_eof()

    def _flush(self) -> None:
        if self._out.pending:
            self._sock.sendall(self._out.read())

    def _received(self, most: int) -> bytes:
        gevent.sleep(0)  # a socket that always has bytes would never let other greenlets and timers run
        self.budget.left_s()
        came: bytes = self._sock.recv(most)
        self.budget.spend(len(came))
        return came


class _Reader(io.BufferedReader):
    """A buffer that http.client cannot close, as it does after every answer."""

    def close(self) -> None:
        """Stay open."""
