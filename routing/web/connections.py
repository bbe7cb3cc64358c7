"""The connections of a public server: a limit for each address and for all, and a timeout for every request.

A connection over a limit is closed at once. When the server is full, the oldest connection without a complete request
is closed for a new one. A slow client holds a connection for at most `REQUEST_SECONDS`.
"""

from __future__ import annotations

import socket
from collections import Counter
from contextlib import suppress
from typing import Any

import gevent
from gevent.pywsgi import WSGIHandler, WSGIServer

from routing.web.heads import check_request_line, read_head
from routing.web.limits import network

#: For receiving a request with its body, and for sending its answer.
REQUEST_SECONDS = 10.0
#: Connections of one address: all people of a large office share one.
MOST_OF_ADDRESS = 100


class ConnectionLimits:
    """Counts open connections. ``of_address`` 0: all connections come from a trusted proxy."""

    def __init__(self, most: int, of_address: int = MOST_OF_ADDRESS) -> None:
        self._most, self._of_address = most, of_address
        self._of: Counter[str] = Counter()
        #: Connections that wait for a request or send one, oldest first.
        self._sending: dict[ConnectionHandler, None] = {}
        self.open = 0
        self.turned_away = 0

    def enter(self, handler: ConnectionHandler) -> bool:
        """Whether a connection is accepted; `leave` must follow."""
        who = network(handler.peer)
        if (self._of_address and self._of[who] >= self._of_address) or (self.open >= self._most and not self._room()):
            self.turned_away += 1
            return False
        self._of[who] += 1
        self.open += 1
        return True

    def leave(self, handler: ConnectionHandler) -> None:
        """A connection has ended."""
        who = network(handler.peer)
        self._of[who] -= 1
        if not self._of[who]:
            del self._of[who]
        self.open -= 1
        self.sent(handler)

    def sending(self, handler: ConnectionHandler) -> None:
        """A connection waits for its next request."""
        self._sending[handler] = None

    def sent(self, handler: ConnectionHandler) -> None:
        """Its request has arrived."""
        self._sending.pop(handler, None)

    def _room(self) -> bool:
        oldest = next(iter(self._sending), None)
        if oldest is not None:
            self.sent(oldest)
            oldest.cut()
        return oldest is not None


class ConnectionHandler(WSGIHandler):
    """One connection of a `PublicServer`. After its timeout the socket is shut down, which ends reads and writes."""

    #: Whether an answer has no timeout.
    streams = False
    _clock: Any = None
    server: Any
    wsgi_input: Any

    @property
    def peer(self) -> str:
        """The address at the other end."""
        return str(self.client_address[0]) if self.client_address else ""

    def handle(self) -> None:
        limits: ConnectionLimits = self.server.limits
        if not limits.enter(self):
            self.socket.close()
            return
        try:
            self.socket.settimeout(REQUEST_SECONDS)
            super().handle()
        except OSError:
            pass  # cut, or gone
        finally:
            limits.leave(self)

    def read_request(self, raw_requestline: str) -> Any:
        check_request_line(raw_requestline.rstrip("\r\n"))
        return super().read_request(raw_requestline)

    def MessageClass(self, rfile: Any, *seekable: Any) -> Any:
        return super().MessageClass(read_head(rfile), *seekable)

    def handle_one_request(self) -> Any:
        self.server.limits.sending(self)
        self._clock = gevent.spawn_later(REQUEST_SECONDS, self.cut)
        try:
            return super().handle_one_request()
        finally:
            self._clock.kill(block=False)

    def handle_one_response(self) -> None:
        self.server.limits.sent(self)
        if self.streams:
            self._clock.kill(block=False)
            self.close_connection = True
            # streams have no request body: do not wait for one after the answer
            self.wsgi_input.content_length, self.wsgi_input.chunked_input = 0, False
        super().handle_one_response()

    def finalize_headers(self) -> None:
        super().finalize_headers()
        headers: Any = self.response_headers
        if self.close_connection and not any(name.lower() == b"connection" for name, _ in headers):
            # else a client would send its next request into a connection that ends
            headers.append((b"Connection", b"close"))

    def cut(self) -> None:
        """Shut the socket down, which ends pending reads and writes."""
        with suppress(OSError, AttributeError):
            self.socket.shutdown(socket.SHUT_RDWR)


class PublicServer(WSGIServer):
    """Serves an application behind `ConnectionLimits`."""

    def __init__(
        self, listener: Any, application: Any, handler: type[ConnectionHandler], limits: ConnectionLimits
    ) -> None:
        self.limits = limits
        super().__init__(listener, application, log=None, error_log=None, handler_class=handler)
