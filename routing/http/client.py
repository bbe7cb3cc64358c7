"""One HTTP request to a webhook handler, with one deadline for everything.

DNS, connect, TLS, headers and body share the deadline. A body has at most 64 kB; redirects are not followed; TLS is
verified; a connection is used once, so nothing is sent twice. A failed connect is tried once more, a request of which a
byte was sent never. Knows nothing of steps or decisions.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import gevent
import gevent.socket

from routing.http.address import Address, AddressRefused, Resolver, check_address
from routing.http.answer import answering, head, read
from routing.http.connection import MeteredConnection
from routing.model.budget import Budget
from routing.model.web import NoReply, Reply

LONGEST_BODY = 64 * 1024
#: Pause before the same address is tried again: a handler that restarts is back in about this time.
RETRY_SECONDS = 0.05
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass
class HttpClient:
    """Sends requests. ``link_local`` allows link-local addresses; ``tls`` replaces the system's certificate store."""

    resolver: Resolver
    link_local: bool = False
    tls: ssl.SSLContext | None = None

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
        """The handler's answer. Raises NoReply, after ``deadline_s`` seconds at the latest."""
        with answering(deadline_s) as exchange:
            parts = urlsplit(url)
            connection = self._connected(parts, deadline_s)
            try:
                request = head(method, parts, {"Connection": "close", **headers}, body) + body
                exchange.is_sent = True
                connection.send(request)
                return read(connection, method, LONGEST_BODY)[0]
            finally:
                connection.close()

    def _budget(self, deadline_s: float) -> Budget:
        clock = self.resolver.clock
        return Budget(0, clock() + deadline_s, clock)

    def _connected(self, parts: SplitResult, deadline_s: float) -> MeteredConnection:
        """An open connection: at most two attempts, the second to another address if there is one."""
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise NoReply("the URL is neither http nor https")
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        addresses = self.resolver.addresses(parts.hostname, port, deadline_s / 2)
        for _, (host, _) in addresses:
            check_address(host, self.link_local)
        first, second = addresses[0], addresses[1 % len(addresses)]
        budget = self._budget(deadline_s)
        try:
            return self._connect(first, parts, budget, deadline_s / 2 if first != second else None)
        except (ssl.SSLCertVerificationError, AddressRefused):
            raise
        except OSError:
            gevent.sleep(0.0 if first != second else RETRY_SECONDS)
            return self._connect(second, parts, budget, None)

    def _connect(
        self, address: Address, parts: SplitResult, budget: Budget, timeout_s: float | None
    ) -> MeteredConnection:
        family, where = address
        sock = gevent.socket.socket(family, gevent.socket.SOCK_STREAM)
        try:
            sock.settimeout(timeout_s)
            sock.connect(where)
            sock.setsockopt(gevent.socket.IPPROTO_TCP, gevent.socket.TCP_NODELAY, 1)
            connection = MeteredConnection(sock, budget)
            if parts.scheme == "https":
                connection.secure(self._trust(), parts.hostname or "")
            sock.settimeout(None)
        except BaseException:
            sock.close()
            raise
        return connection

    def _trust(self) -> ssl.SSLContext:
        if self.tls is None:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self.tls.options |= ssl.OP_NO_RENEGOTIATION
            self.tls.load_default_certs()
        return self.tls
