"""HTTP with a connection pool, for servers with many requests (CRMs); one deadline for a whole exchange.

The port of routing.model.web over gevent sockets: TLS verified, no redirects, at most 2 MB of body, link-local and
metadata addresses refused. Requests only read, so one on a connection that the server has just closed is sent again on
a new one. Knows no vendor.
"""

from __future__ import annotations

import http.client
import select
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from routing.http.answer import answering, head, read
from routing.http.client import HttpClient
from routing.http.connection import MeteredConnection
from routing.model.web import Reply

LONGEST_BODY = 2 * 1024 * 1024
#: A connection that was idle longer is not used again: servers close idle ones after about a minute.
IDLE_SECONDS = 30.0
#: Idle connections kept for one server.
MOST_IDLE = 16

Origin = tuple[str, str, int | None]
Idle = deque[tuple[float, MeteredConnection]]


@dataclass
class HttpPool(HttpClient):
    """Opens connections as HttpClient does, and keeps them open."""

    idle: dict[Origin, Idle] = field(default_factory=dict)

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
        """See routing.model.web.Http."""
        with answering(deadline_s) as exchange:
            exchange.is_sent = True
            return self._request(method, url, headers, body, deadline_s)

    def close(self) -> None:
        """Close the idle connections."""
        for waiting in self.idle.values():
            for _, connection in waiting:
                connection.close()
        self.idle.clear()

    def _request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
        parts = urlsplit(url)
        sent = head(method, parts, headers, body) + body
        origin = (parts.scheme, parts.hostname or "", parts.port)
        if kept := self._kept(origin):
            kept.budget = self._budget(deadline_s)
            try:
                return self._spoken(kept, origin, method, sent)
            except (http.client.RemoteDisconnected, ConnectionError):
                pass  # the server closed it between two requests, before any answer
        return self._spoken(self._connected(parts, deadline_s), origin, method, sent)

    def _kept(self, origin: Origin) -> MeteredConnection | None:
        """The last used idle connection that the server has not closed."""
        waiting = self.idle.get(origin)
        while waiting:
            since_s, connection = waiting.pop()
            if self.resolver.clock() - since_s < IDLE_SECONDS and not _readable(connection):
                return connection
            connection.close()
        return None

    def _spoken(self, connection: MeteredConnection, origin: Origin, method: str, sent: bytes) -> Reply:
        try:
            connection.send(sent)
            reply, keep = read(connection, method, LONGEST_BODY)
        except BaseException:
            connection.close()
            raise
        waiting = self.idle.setdefault(origin, deque())
        if keep and len(waiting) < MOST_IDLE:
            waiting.append((self.resolver.clock(), connection))
        else:
            connection.close()
        return reply


def _readable(connection: MeteredConnection) -> bool:
    """Whether an idle connection has bytes or its end to read: then it cannot be used."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
